from . import test_life_cycle
from . import test_menus
from . import test_security
from . import test_tours
from . import test_tours_page
