from . import base_partner_merge
from . import crm_resource_customer_enrol
from . import crm_resource_customer_review
from . import crm_resource_level_classify
