internal import CampaignKit

extension PlainStore: CampaignStorage {}
