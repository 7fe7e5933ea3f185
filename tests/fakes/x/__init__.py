"""A strict, stateful stand-in for the X API, on loopback only."""

from tests.fakes.telegram.clock import ManualClock
from tests.fakes.x.faults import Fault
from tests.fakes.x.people import FakeUser
from tests.fakes.x.record import Call, Said
from tests.fakes.x.server import FakeX
from tests.fakes.x.world import World

__all__ = ["Call", "FakeUser", "FakeX", "Fault", "ManualClock", "Said", "World"]
