"""Videos in, clean MP4 renditions and a poster out: functions over files, with no models and no network.

`inspect` decodes one frame and is for the web process; `render` decodes all and is for a worker. Both have a confined
ffmpeg do it: this process itself reads nothing of a video but its first bytes.
"""

from .ffmpeg import Interrupted
from .formats import Format, sniff
from .limits import too_large
from .reading import WORKPLACE, VideoInfo, inspect
from .rendering import Rendered, render

__all__ = ["WORKPLACE", "Format", "Interrupted", "Rendered", "VideoInfo", "inspect", "render", "sniff", "too_large"]
