"""What the station says of itself: why it is offline, its camera, its sound, and quiet hints.

None of these is a verdict, none is a passage. Codes come as text from parts that grow, so a code
that is not in the table still gets honest words: the row of its family's general case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scanner.decide.looks import Wording
from scanner.decide.reason_rows import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One row: on whose side the cause lies, what is the matter, and what to do."""

    side: Side
    title: Wording
    next_step: Wording


def notice(side: Side, zh: tuple[str, str], en: tuple[str, str]) -> Notice:
    """Return a row. zh, en: what is the matter, and what to do."""
    return Notice(
        side=side,
        title=Wording(zh=zh[0], en=en[0]),
        next_step=Wording(zh=zh[1], en=en[1]),
    )


OFFLINE: Final[dict[str, Notice]] = {
    "no_route": notice(
        Side.NETWORK,
        ("没有网络信号", "照常验码；请检查网线或信号"),
        ("no network", "Go on scanning; check the cable or the signal"),
    ),
    "captive_portal": notice(
        Side.NETWORK,
        ("网络要求登录", "照常验码；请在网络登录页登录"),
        ("network wants a log-in", "Go on scanning; log in on the network's own page"),
    ),
    "issuer_error": notice(
        Side.ISSUER,
        ("后台服务出错", "照常验码；后台恢复后自动补传"),
        ("office server in trouble", "Go on scanning; rows are sent when it is back"),
    ),
    "never_synced": notice(
        Side.STATION,
        ("还没同步过", "请联网同步一次"),
        ("never synchronised", "Connect once and synchronise"),
    ),
}
OFFLINE_OTHER: Final = notice(
    Side.NETWORK,
    ("连不上后台", "照常验码；请检查网络"),
    ("office not reached", "Go on scanning; check the network"),
)

CAMERA: Final[dict[str, Notice]] = {
    "opening": notice(
        Side.STATION,
        ("正在打开摄像头", "请稍等"),
        ("Opening the camera", "One moment please"),
    ),
    "frozen": notice(
        Side.STATION,
        ("摄像头画面不动了", "请拔下摄像头，过三秒再插上"),
        ("The camera's picture is frozen", "Unplug the camera, wait three seconds, plug it in"),
    ),
    "black": notice(
        Side.STATION,
        ("摄像头画面全黑", "请取下镜头盖，擦净镜头，开灯"),
        ("The camera sees only black", "Take off the cap, wipe the lens, switch on the light"),
    ),
    "stalled": notice(
        Side.STATION,
        ("摄像头没有新画面", "请检查摄像头的线；本机会自动重试"),
        ("The camera sends no pictures", "Check its cable; this gate tries again by itself"),
    ),
    "unplugged": notice(
        Side.STATION,
        ("找不到摄像头", "请插好摄像头的线；插上后自动恢复"),
        ("No camera found", "Plug the camera in; scanning goes on by itself"),
    ),
    "busy": notice(
        Side.STATION,
        ("摄像头被别的程序占用", "请关掉其他使用摄像头的程序"),
        ("Another program holds the camera", "Close the other program that uses the camera"),
    ),
    "no_rights": notice(
        Side.STATION,
        ("本程序无权使用摄像头", "请在系统设置里允许使用摄像头"),
        ("No right to use the camera", "Allow the camera in the system's settings"),
    ),
    "camera_source_not_found": notice(
        Side.STATION,
        ("设置里的摄像头不存在", "请在设置里改用另一个摄像头"),
        ("The camera in the settings is not there", "Name another camera in the settings"),
    ),
    "camera_source_unreadable": notice(
        Side.STATION,
        ("设置里的摄像头读不了", "请在设置里改用另一个摄像头"),
        ("The camera in the settings cannot be read", "Name another camera in the settings"),
    ),
    "already_running": notice(
        Side.STATION,
        ("本机已经开着一个窗口", "请用那个窗口；没有的话请重启本机"),
        ("This gate is open already", "Use the other window; if there is none, start it anew"),
    ),
    "identity_damaged": notice(
        Side.STATION,
        ("本机身份文件损坏", "请走人工核验；请管理员重新登记本机"),
        ("This gate's own keys are damaged", "Check by hand; have the office enrol it again"),
    ),
    "station_fault": notice(
        Side.STATION,
        ("本机出了故障，正在重新启动", "请按人工流程办理；仍不恢复请通知维护"),
        (
            "This gate failed and is starting again",
            "Use the paper procedure; if it stays so, call maintenance",
        ),
    ),
}
CAMERA_OTHER: Final = notice(
    Side.STATION,
    ("摄像头有问题", "请检查摄像头，或用手持扫码枪"),
    ("The camera has a problem", "Check the camera, or use the hand scanner"),
)

SOUND: Final[dict[str, Notice]] = {
    "no_player": notice(
        Side.STATION,
        ("没有声音", "本机没有播放声音的程序，请安装 alsa-utils"),
        ("no sound", "No program here plays sound: install alsa-utils"),
    ),
    "sound_failed": notice(
        Side.STATION,
        ("没有声音", "请检查喇叭的线和音量"),
        ("no sound", "Check the loudspeaker's cable and volume"),
    ),
}
SOUND_OTHER: Final = notice(
    Side.STATION,
    ("没有声音", "请检查喇叭"),
    ("no sound", "Check the loudspeaker"),
)

HINTS: Final[dict[str, Notice]] = {
    "not_a_pass": notice(
        Side.HOLDER,
        ("这不是通行码", "请出示通行码"),
        ("This is not a pass", "Please show the pass"),
    ),
    "closer": notice(
        Side.HOLDER,
        ("请靠近一点", "让码占满取景框"),
        ("A little closer, please", "Let the code fill the frame"),
    ),
    "brighter": notice(
        Side.HOLDER,
        ("太暗了", "请把手机调亮，或转向灯光"),
        ("Too dark", "Turn up the phone, or face the light"),
    ),
    "hold_still": notice(
        Side.HOLDER,
        ("请拿稳一下", "停一秒就好"),
        ("Please hold still", "One second is enough"),
    ),
}
HINT_OTHER: Final = notice(
    Side.HOLDER,
    ("请把码对准镜头", "离镜头一掌远"),
    ("Hold the code to the camera", "A hand's width away"),
)


def offline_notice(code: str | None) -> Notice:
    """Return why the station is offline, in words; the general case for a code not in the table."""
    return OFFLINE.get(code or "", OFFLINE_OTHER)


def camera_notice(code: str) -> Notice:
    """Return what ails the camera and what to do; the general case for a code not in the table."""
    return CAMERA.get(code, CAMERA_OTHER)


def trouble_notice(code: str) -> Notice:
    """Return why the gate does not scan, and what to do: its camera, its log, or all of it."""
    if code in CAMERA or code.startswith("camera_"):
        return camera_notice(code)
    # Seldom needed: the first paint does not wait for these words.
    from scanner.decide.notices_desk import LOG_FAULTS

    return LOG_FAULTS.get(code, CAMERA["station_fault"])


def sound_notice(code: str) -> Notice:
    """Return why no sound is heard; the general case for a code not in the table."""
    return SOUND.get(code, SOUND_OTHER)


def hint_notice(code: str) -> Notice:
    """Return the words of a quiet hint; the general case for a code not in the table."""
    return HINTS.get(code, HINT_OTHER)
