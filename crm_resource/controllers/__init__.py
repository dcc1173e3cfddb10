from . import export
from . import import_template
from . import target
from . import unsubscribe
from . import web_form
