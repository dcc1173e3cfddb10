from . import test_crm_resource_absence
from . import test_crm_resource_customer_enrol
from . import test_crm_resource_level_policy
from . import test_crm_resource_sales
from . import test_hooks
from . import test_res_partner
from . import test_res_partner_search
