<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>GuardActions</name>
    <message>
        <source>Temperature in °C</source>
        <translation>体温（°C）</translation>
    </message>
    <message>
        <source>Temp.</source>
        <translation>体温</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Emergency</source>
        <translation>紧急放行</translation>
    </message>
    <message>
        <source>Opened and logged. Why?</source>
        <translation>已放行并记录。是什么情况？</translation>
    </message>
    <message>
        <source>30.0 to 45.0 °C, please</source>
        <translation>请输入 30.0 到 45.0 °C</translation>
    </message>
</context>
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
    <name>Keypad</name>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Not this number</source>
        <translation>号码不对</translation>
    </message>
    <message>
        <source>Locked for {0} s</source>
        <translation>已锁定 {0} 秒</translation>
    </message>
    <message>
        <source>Supervisor's number</source>
        <translation>管理员号码</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
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
    <message>
        <source>taken back</source>
        <translation>已撤销</translation>
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
