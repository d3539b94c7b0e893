<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>GuardWindow</name>
    <message>
        <source>Look only: nothing is logged</source>
        <translation>只查询：不做记录</translation>
    </message>
    <message>
        <source>Look only</source>
        <translation>只查询</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Large type</source>
        <translation>大字</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
</context>
<context>
    <name>KioskWindow</name>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>LivePicture</name>
    <message>
        <source>Live picture</source>
        <translation>实时画面</translation>
    </message>
</context>
<context>
    <name>PassageList</name>
    <message>
        <source>Last passages</source>
        <translation>最近通行</translation>
    </message>
</context>
<context>
    <name>ShopWindow</name>
    <message>
        <source>Full: please wait</source>
        <translation>已满，请稍候</translation>
    </message>
    <message>
        <source>Inside</source>
        <translation>店内人数</translation>
    </message>
    <message>
        <source>One person left</source>
        <translation>离开一人</translation>
    </message>
    <message>
        <source>One person came in</source>
        <translation>进入一人</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>StripStatus</name>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>{0} set aside</source>
        <translation>搁置 {0}</translation>
    </message>
    <message>
        <source>Clock went back</source>
        <translation>时钟倒退</translation>
    </message>
    <message>
        <source>Time not confirmed</source>
        <translation>时间未确认</translation>
    </message>
    <message>
        <source>No list yet</source>
        <translation>还没有名单</translation>
    </message>
    <message>
        <source>List {0} old</source>
        <translation>名单 {0}前</translation>
    </message>
    <message>
        <source>{0} waiting</source>
        <translation>待传 {0}</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>In</source>
        <translation>入</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>出</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
</context>
</TS>
