import CampaignKit

extension PlainStore: CampaignStorage {}
