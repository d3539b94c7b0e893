<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Asking</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>CameraFigures</name>
    <message>
        <source>Figures</source>
        <translation>测量数值</translation>
    </message>
    <message>
        <source>Card read</source>
        <translation>读到测试卡</translation>
    </message>
    <message>
        <source>Module</source>
        <translation>码点大小</translation>
    </message>
    <message>
        <source>Edge</source>
        <translation>边缘宽度</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>暗部–亮部</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>延迟</translation>
    </message>
</context>
<context>
    <name>CameraPage</name>
    <message>
        <source>Print card</source>
        <translation>打印测试卡</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录像</translation>
    </message>
    <message>
        <source>Camera check</source>
        <translation>摄像头检测</translation>
    </message>
    <message>
        <source>The card could not be written: is the disk full?</source>
        <translation>测试卡写不进去：磁盘满了吗？</translation>
    </message>
    <message>
        <source>Sent to {0}.</source>
        <translation>已送到打印机 {0}。</translation>
    </message>
    <message>
        <source>No printer here. Print this at true size: {0}</source>
        <translation>没有打印机。请按原大打印：{0}</translation>
    </message>
    <message>
        <source>The result could not be kept: is the disk full?</source>
        <translation>结果存不下来：磁盘满了吗？</translation>
    </message>
    <message>
        <source>Usual light</source>
        <translation>平时光线</translation>
    </message>
    <message>
        <source>Sun</source>
        <translation>强光</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>暗处</translation>
    </message>
    <message>
        <source>Light as on most days. Hold the card still, 20 to 40 cm away.</source>
        <translation>用平时的光线。测试卡离镜头 20 至 40 厘米，拿稳不动。</translation>
    </message>
    <message>
        <source>Sun or a strong lamp on the card, or behind it. Hold it still.</source>
        <translation>让阳光或强灯照在卡上，或从卡后照来，拿稳不动。</translation>
    </message>
    <message>
        <source>As dark as at night here. Hold the card still.</source>
        <translation>像这里夜里一样暗，拿稳不动。</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>开始测量</translation>
    </message>
    <message>
        <source>{0} s. Leave off</source>
        <translation>还有 {0} 秒，点此停止</translation>
    </message>
    <message>
        <source>✓ Good for a gate.</source>
        <translation>✓ 合格，可以上岗。</translation>
    </message>
    <message>
        <source>! Usable.</source>
        <translation>! 勉强可用。</translation>
    </message>
    <message>
        <source>✕ Not good enough.</source>
        <translation>✕ 不合格。</translation>
    </message>
</context>
<context>
    <name>CauseQuestion</name>
    <message>
        <source>Opened and logged. Why?</source>
        <translation>已放行并记录。是什么情况？</translation>
    </message>
</context>
<context>
    <name>DeskPages</name>
    <message>
        <source>the last passage</source>
        <translation>刚才那一条</translation>
    </message>
    <message>
        <source>Party</source>
        <translation>同行人数</translation>
    </message>
    <message>
        <source>No pass</source>
        <translation>无码登记</translation>
    </message>
    <message>
        <source>By number</source>
        <translation>按号码查</translation>
    </message>
    <message>
        <source>Incident</source>
        <translation>现场情况</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>交接班</translation>
    </message>
</context>
<context>
    <name>GuardActions</name>
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
        <source>Temperature wanted</source>
        <translation>请量体温</translation>
    </message>
</context>
<context>
    <name>GuardDesk</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>待核验</translation>
    </message>
    <message>
        <source>Hand checks: {0}</source>
        <translation>待人工核验：{0}</translation>
    </message>
    <message>
        <source>Nobody waits</source>
        <translation>没有待核验的人</translation>
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
        <source>Entry or exit</source>
        <translation>入口或出口</translation>
    </message>
    <message>
        <source>Large type</source>
        <translation>大字</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>HandListPage</name>
    <message>
        <source>Papers seen</source>
        <translation>已看证件</translation>
    </message>
    <message>
        <source>Let through</source>
        <translation>放行</translation>
    </message>
    <message>
        <source>Turn away</source>
        <translation>不放行</translation>
    </message>
    <message>
        <source>Hand checks: {0}</source>
        <translation>待人工核验：{0}</translation>
    </message>
    <message>
        <source>Nobody waits</source>
        <translation>没有待核验的人</translation>
    </message>
    <message>
        <source>Waiting for a hand check</source>
        <translation>待人工核验名单</translation>
    </message>
    <message>
        <source>{0} · row {1}</source>
        <translation>{0} · 第 {1} 条</translation>
    </message>
    <message>
        <source>{0} · row {1}, name sealed</source>
        <translation>{0} · 第 {1} 条，姓名已封存</translation>
    </message>
</context>
<context>
    <name>IncidentPage</name>
    <message>
        <source>What happened?</source>
        <translation>发生了什么？</translation>
    </message>
    <message>
        <source>Write down</source>
        <translation>记下</translation>
    </message>
    <message>
        <source>About nobody</source>
        <translation>不针对某个人</translation>
    </message>
    <message>
        <source>About {0}</source>
        <translation>关于 {0}</translation>
    </message>
    <message>
        <source>A few words, please</source>
        <translation>请写几个字</translation>
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
        <source>Supervisor&apos;s number</source>
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
    <name>MorePage</name>
    <message>
        <source>What else?</source>
        <translation>还要做什么？</translation>
    </message>
</context>
<context>
    <name>NumberPad</name>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Dash</source>
        <translation>连字符</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>小数点</translation>
    </message>
</context>
<context>
    <name>PartyPage</name>
    <message>
        <source>How many people on this pass?</source>
        <translation>这张码一共几个人？</translation>
    </message>
</context>
<context>
    <name>PassNumberPad</name>
    <message>
        <source>Number on the pass</source>
        <translation>码下面的号码</translation>
    </message>
    <message>
        <source>Such as 3-777777, please</source>
        <translation>请按 3-777777 的样子输入</translation>
    </message>
</context>
<context>
    <name>PassageList</name>
    <message>
        <source>Last passages</source>
        <translation>最近通行</translation>
    </message>
    <message>
        <source>Nobody yet since the start</source>
        <translation>开机后还没有人通过</translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>已撤销</translation>
    </message>
</context>
<context>
    <name>PlacePage</name>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Keep as PDF</source>
        <translation>存为 PDF</translation>
    </message>
    <message>
        <source>Code of this place, for the door</source>
        <translation>本处的门口码</translation>
    </message>
    <message>
        <source>It could not be written: is the disk full?</source>
        <translation>写不进去：磁盘满了吗？</translation>
    </message>
    <message>
        <source>Sent to {0}.</source>
        <translation>已送到打印机 {0}。</translation>
    </message>
    <message>
        <source>No printer here: keep it as PDF</source>
        <translation>没有打印机：请存为 PDF</translation>
    </message>
</context>
<context>
    <name>RegisterPage</name>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>ID, last four</source>
        <translation>证件后四位</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>事由</translation>
    </message>
    <message>
        <source>Let through</source>
        <translation>放行</translation>
    </message>
    <message>
        <source>Turn away</source>
        <translation>不放行</translation>
    </message>
    <message>
        <source>Somebody without a pass</source>
        <translation>没有码的人</translation>
    </message>
    <message>
        <source>A name, please</source>
        <translation>请写姓名或称呼</translation>
    </message>
</context>
<context>
    <name>ShiftPage</name>
    <message>
        <source>End the shift</source>
        <translation>下岗</translation>
    </message>
    <message>
        <source>Scan your staff pass</source>
        <translation>请扫工作人员码</translation>
    </message>
    <message>
        <source>Nobody is on duty</source>
        <translation>现在没有人在岗</translation>
    </message>
    <message>
        <source>On duty: {0}</source>
        <translation>在岗：{0}</translation>
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
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>StaffPages</name>
    <message>
        <source>Type a code</source>
        <translation>手输号码</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>本机状态</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像头检测</translation>
    </message>
</context>
<context>
    <name>StationPage</name>
    <message>
        <source>Try the sounds</source>
        <translation>试声音</translation>
    </message>
    <message>
        <source>Try the lamps</source>
        <translation>试灯</translation>
    </message>
    <message>
        <source>This station</source>
        <translation>本机状态</translation>
    </message>
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
        <source>List {0} old</source>
        <translation>名单 {0}前</translation>
    </message>
    <message>
        <source>Time confirmed</source>
        <translation>时间已确认</translation>
    </message>
    <message>
        <source>Time not confirmed</source>
        <translation>时间未确认</translation>
    </message>
    <message>
        <source>Clock went back</source>
        <translation>时钟倒退</translation>
    </message>
    <message>
        <source>{0} waiting, {1} set aside</source>
        <translation>待传 {0}，搁置 {1}</translation>
    </message>
    <message>
        <source>No trust list yet</source>
        <translation>还没有信任列表</translation>
    </message>
    <message>
        <source>Trust list {0} old</source>
        <translation>信任列表 {0}前</translation>
    </message>
    <message>
        <source>Lists</source>
        <translation>名单</translation>
    </message>
    <message>
        <source>Passages</source>
        <translation>通行记录</translation>
    </message>
    <message>
        <source>New rows are sealed</source>
        <translation>新记录已密封</translation>
    </message>
    <message>
        <source>New rows are not sealed</source>
        <translation>新记录没有密封</translation>
    </message>
    <message>
        <source>Neighbour lanes: fault {0}</source>
        <translation>相邻通道：故障 {0}</translation>
    </message>
    <message>
        <source>The gate goes on alone; tell maintenance</source>
        <translation>本通道单独照常；请通知维护</translation>
    </message>
    <message>
        <source>Lane {0}, heard {1} s ago</source>
        <translation>通道 {0}，{1} 秒前有消息</translation>
    </message>
    <message>
        <source>Row {0}</source>
        <translation>第 {0} 条</translation>
    </message>
    <message>
        <source>never done</source>
        <translation>还没做过</translation>
    </message>
    <message>
        <source>done {0} s ago</source>
        <translation>{0} 秒前完成</translation>
    </message>
    <message>
        <source>again in {0} s</source>
        <translation>{0} 秒后再试</translation>
    </message>
    <message>
        <source>fault {0}</source>
        <translation>故障 {0}</translation>
    </message>
    <message>
        <source>Thermometer</source>
        <translation>测温仪</translation>
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
        <source>{0} not stored yet</source>
        <translation>{0} 条还没存下</translation>
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
        <source>Sound is off</source>
        <translation>已静音</translation>
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
    <name>SupervisorPages</name>
    <message>
        <source>Close the kiosk</source>
        <translation>退出自助机</translation>
    </message>
</context>
<context>
    <name>SupportPage</name>
    <message>
        <source>Delete the pictures</source>
        <translation>删除录像</translation>
    </message>
    <message>
        <source>Record pictures for support?</source>
        <translation>为技术支持录像？</translation>
    </message>
    <message>
        <source>Not all could be deleted. See {0}</source>
        <translation>没有全部删掉，请看 {0}</translation>
    </message>
    <message>
        <source>No pictures could be written: is the disk full?</source>
        <translation>画面写不进去：磁盘满了吗？</translation>
    </message>
    <message>
        <source>Record 20 s</source>
        <translation>录 20 秒</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>停止录像</translation>
    </message>
    <message>
        <source>For 20 seconds what the camera sees is kept on this machine, people too. A red banner says so. Give it to support only, then delete it.</source>
        <translation>20 秒内摄像头看到的画面会存在本机，人也会录进去，屏幕上有红色提示。只交给技术支持，用完请删除。</translation>
    </message>
    <message>
        <source>Nothing is recorded.</source>
        <translation>没有录像。</translation>
    </message>
    <message>
        <source>{0} pictures, {1} MB, in {2}</source>
        <translation>{0} 张画面，{1} MB，在 {2}</translation>
    </message>
</context>
<context>
    <name>TemperaturePad</name>
    <message>
        <source>Temperature in °C</source>
        <translation>体温（°C）</translation>
    </message>
    <message>
        <source>30.0 to 45.0 °C, please</source>
        <translation>请输入 30.0 到 45.0 °C</translation>
    </message>
    <message>
        <source>No reading</source>
        <translation>没有读数</translation>
    </message>
    <message>
        <source>Faulty</source>
        <translation>有故障</translation>
    </message>
    <message>
        <source>Thermometer</source>
        <translation>测温仪</translation>
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
<context>
    <name>TypedCode</name>
    <message>
        <source>Code</source>
        <translation>码的号码</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Digits below the code</source>
        <translation>码下面的数字</translation>
    </message>
    <message>
        <source>This is no valid code. Compare the groups with the paper.</source>
        <translation>这不是有效的码，请逐组与纸面核对。</translation>
    </message>
    <message>
        <source>Type the groups as they are printed.</source>
        <translation>请按印出来的分组输入。</translation>
    </message>
    <message>
        <source>Complete. Press ✓.</source>
        <translation>已完整，请按 ✓。</translation>
    </message>
    <message>
        <source>Too long. Was a group typed twice?</source>
        <translation>太长了，是不是多输了一组？</translation>
    </message>
    <message>
        <source>{0} signs. Go on.</source>
        <translation>已输 {0} 个字符，请继续。</translation>
    </message>
    <message>
        <source>Group {0} of {1}, {2} digits to go</source>
        <translation>第 {0} 组，共 {1} 组，还差 {2} 位</translation>
    </message>
    <message>
        <source>Sign {0} is in no code.</source>
        <translation>第 {0} 个字符不对，码里没有它。</translation>
    </message>
    <message>
        <source>Group {0}, sign {1} is no digit.</source>
        <translation>第 {0} 组第 {1} 个不是数字。</translation>
    </message>
</context>
</TS>
