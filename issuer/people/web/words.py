"""What people read for the words that the office stores: Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

WORDS: Final = {
    "status": {
        "green": ("绿码", "green"),
        "yellow": ("黄码", "yellow"),
        "red": ("红码", "red"),
        "withdrawn": ("已作废", "withdrawn"),
    },
    "verdict": {
        "admit": ("放行", "ADMIT"),
        "admit_with_note": ("放行，请看提示", "ADMIT, SEE NOTE"),
        "hand_check": ("人工核验", "HAND CHECK"),
        "refuse": ("请止步", "PLEASE STOP"),
        "cannot_judge": ("无法判断", "CANNOT JUDGE"),
    },
    "kind": {
        "phone": ("手机码", "phone"),
        "paper": ("纸质码", "paper"),
        "dependant": ("老人儿童代办", "dependant"),
        "employee": ("企业员工", "employee"),
        "visitor": ("访客", "visitor"),
        "staff": ("工作人员", "staff"),
    },
    "role": {
        "admin": ("管理员", "admin"),
        "issuer": ("签发员", "issuer"),
        "reviewer": ("审核员", "reviewer"),
        "supervisor": ("监督员", "supervisor"),
        "station_admin": ("终端管理员", "station admin"),
    },
    "state": {
        "invited": ("待注册", "invited"),
        "enrolled": ("在用", "enrolled"),
        "withdrawn": ("已停用", "withdrawn"),
    },
    "flag": {
        "conflict": ("记录冲突", "conflicting rows"),
        "fork": ("记录分叉", "forked log"),
        "gap": ("记录缺失", "gap in the log"),
    },
    "mark": {
        "withdrawn_station": ("终端已停用", "station withdrawn"),
        "revoked_key": ("旧密钥", "revoked key"),
        "broken_chain": ("记录链断裂", "broken chain"),
        "fork": ("分叉", "fork"),
        "gap": ("缺失", "gap"),
        "succession": ("新设备接续", "new box goes on"),
        "sealed": ("尚未解封", "not opened yet"),
        "unreadable": ("内容无法读取", "cannot be read"),
        "deleted": ("已按期限清除", "emptied after its time"),
    },
    "direction": {"entry": ("进", "entry"), "exit": ("出", "exit")},
    "reason": {
        "green": ("绿码", "green"),
        "yellow": ("黄码", "yellow"),
        "red": ("红码", "red"),
        "withdrawn": ("凭证已作废", "pass withdrawn"),
        "expired": ("已过期", "expired"),
        "not_yet_valid": ("尚未生效", "not yet valid"),
        "issued_in_future": ("签发时间在未来", "issued in the future"),
        "malformed_code": ("码已损坏", "damaged code"),
        "unknown_key": ("未知签发机构", "unknown key"),
        "wrong_key_purpose": ("密钥用途不符", "key for another purpose"),
        "key_burned": ("密钥已泄露", "stolen key"),
        "key_not_in_force": ("密钥不在有效期", "key not in force"),
        "bad_signature": ("签名不对，疑似伪造", "bad signature"),
        "rotating_code_missing": ("须出示动态码", "rotating code missing"),
        "rotating_code_wrong": ("动态码不对", "rotating code wrong"),
        "rotating_code_out_of_time": ("动态码已过时", "rotating code out of time"),
        "outside_zone": ("不属本区域", "outside its zone"),
        "outside_hours": ("不在通行时段", "outside its hours"),
        "list_late": ("名单偏旧", "list late"),
        "list_stale": ("名单过旧", "list stale"),
        "list_closed": ("名单过期", "list too old"),
        "list_missing": ("没有名单", "no list"),
        "index_beyond_list": ("名单未含此码", "beyond the list"),
        "trust_missing": ("没有信任列表", "no trust list"),
        "clock_not_confirmed": ("时间未确认", "time not confirmed"),
        "clock_rolled_back": ("时钟被调回", "clock rolled back"),
        "seen_before": ("刚刚已通行", "seen just before"),
        "seen_elsewhere": ("刚在另一通道出现", "seen on another lane"),
        "place_closed": ("此处已关闭", "place closed"),
        "place_nearly_full": ("将近满员", "place nearly full"),
        "place_full": ("已满员", "place full"),
        "denied_here": ("本处禁止进入", "denied here"),
        "not_on_list": ("不在名单上", "not on the list"),
        "kind_not_here": ("此类码不适用", "kind not taken here"),
        "party_too_large": ("同行人数过多", "party too large"),
        "temperature_missing": ("未测体温", "temperature missing"),
        "temperature_again": ("请复测体温", "temperature to be taken again"),
        "temperature_high": ("体温偏高", "temperature high"),
        "passed_already": ("已经进入", "passed already"),
        "quota_used": ("次数已用完", "quota used"),
        "companion_missing": ("缺少陪同人", "companion missing"),
        "condition_not_met": ("不符合规定条件", "condition not met"),
        "rule_not_judged": ("规则无法判断", "rule could not be judged"),
        "emergency": ("紧急放行", "emergency"),
        "fire_release": ("消防放行", "fire release"),
        "station_fault": ("终端故障", "station fault"),
        "hand_checked": ("人工核验后决定", "decided by hand"),
        "registered_by_hand": ("人工登记", "registered by hand"),
        "looked_up": ("按号码查询", "looked up by number"),
        "taken_back": ("撤回一条记录", "a passage taken back"),
        "cause_given": ("补记紧急放行原因", "cause of an opening"),
        "incident": ("现场情况", "incident"),
        "shift_begun": ("上岗", "shift begun"),
        "shift_ended": ("下岗", "shift ended"),
    },
    "action": {
        "office.init": ("建立机构", "office made"),
        "login": ("登录", "logged in"),
        "password.change": ("修改密码", "password changed"),
        "operator.add": ("增加人员", "operator added"),
        "operator.reset": ("重置密码", "password reset"),
        "operator.disable": ("停用账号", "account closed"),
        "operator.enable": ("启用账号", "account opened"),
        "pass.mint": ("签发通行证", "pass minted"),
        "pass.status": ("更改状态", "status set"),
        "station.invite": ("生成注册码", "station invited"),
        "station.enrol": ("终端注册", "station enrolled"),
        "station.withdraw": ("停用终端", "station withdrawn"),
        "station.clear": ("取消异常标记", "flag cleared"),
        "station.alarm": ("终端异常", "station alarm"),
        "passages.search": ("查询记录", "passages searched"),
        "passages.export": ("导出记录", "passages exported"),
        "passages.retain": ("按期限清除记录", "old passages emptied"),
        "passages.open": ("解封记录", "passages opened"),
        "passages.import": ("导入记录", "passages brought in"),
        "passages.key": ("记录密钥", "passage key made"),
        "trust.rotate": ("更换密钥", "key rotated"),
        "trust.renew": ("更新签名日期", "signatures renewed"),
        "trust.burn": ("密钥作废", "key burned"),
        "policy.publish": ("发布放行规则", "policy published"),
        "policy.withdraw": ("撤销放行规则", "policy withdrawn"),
        "release.publish": ("发布程序文件", "release published"),
        "release.withdraw": ("撤销程序文件", "release withdrawn"),
    },
}


def word(group: str, code: str, language: str) -> str:
    """Return the word for a stored code; a code that this version does not know as itself."""
    pair = WORDS[group].get(code)
    if pair is None:
        return code
    return pair[0] if language == "zh" else pair[1]


def query_text(query: Mapping[str, str]) -> str:
    """Return a query for a link; what is empty is left out."""
    return urlencode({name: value for name, value in query.items() if value})
