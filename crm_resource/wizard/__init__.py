from . import base_partner_merge
from . import comment_wizard
from . import crm_resource_customer_enrol
from . import crm_resource_customer_review
from . import crm_resource_level_classify
from . import crm_resource_recall_simulate
