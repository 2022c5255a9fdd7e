public import CampaignKit

/// A dialer that can give a call that goes on something else to do.
///
/// With it a message can be left on a machine that was found while it was talked to: the call goes on with the document
/// for machines.
public protocol RedirectingDialer: Dialer {
  /// Lets a call that was answered go on with the document at another address, whatever it is doing.
  ///
  /// A call that is over, or that was not answered yet, is left as it is.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - address: Where the carrier asks what to say now.
  /// - Throws: Why it is not known whether it does.
  func redirect(_ call: CallReference, to address: String) async throws(DialerError)
}
