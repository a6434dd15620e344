"""The wire, `rt.v1`: the only place that builds or reads a frame. What frames mean is in docs/protocol.md."""

from realtime.protocol.codes import *  # noqa: F403 -- one namespace, `protocol.X`, over four short files
from realtime.protocol.commands import *  # noqa: F403
from realtime.protocol.messages import *  # noqa: F403
from realtime.protocol.wire import *  # noqa: F403
