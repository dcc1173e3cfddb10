from . import test_life_cycle
