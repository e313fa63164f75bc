#pragma once
// Sends messages with the keys of the node: fills in nonce and gas, signs, and puts them into the pool. Source: lotus
// node/impl/full/mpool.go (MpoolPushMessage), chain/messagesigner.
#include <strata/api/json.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/api.hpp>

namespace strata::store {
class KeyValue;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::api {

/// Thread-safe. One message at a time gets its nonce and is pushed; what a message costs is found out before.
class Sender {
  public:
    /// Both may be null: without a wallet nothing is signed; without records a UUID is not remembered.
    Sender(chain::Chain& chain, wallet::Wallet* wallet, store::KeyValue* records)
        : chain_(chain), wallet_(wallet), records_(records) {}

    /// Returns the node's wallet. Errors: unsupported without one.
    Result<wallet::Wallet*> wallet() const;
    /// Returns the key address of a sender, which may be an ID. Errors: not_found.
    Result<Address> key_of(const Address& address);
    /// Signs a message as its sender: an Ethereum key signs the transaction of which the message is the translation.
    Result<Signature> sign(const Message& message);
    /// Fills in what is 0, signs and pushes. A message with the UUID of an earlier one is not sent again: the earlier
    /// one is returned. Errors: invalid_argument for a nonce, or a delegated receiver that is not Ethereum's; those of
    /// chain::Chain::estimate_gas and push; verification if the sender cannot pay.
    Result<SignedMessage> push(const Message& message, const SendSpec& spec) STRATA_EXCLUDES(mutex_);

  private:
    Result<Message> price(Message message, const SendSpec& spec) STRATA_EXCLUDES(mutex_);
    Result<std::optional<SignedMessage>> sent_before(const SendSpec& spec);
    Result<SignedMessage> sign_and_push(Message message) STRATA_REQUIRES(mutex_);

    chain::Chain& chain_;
    wallet::Wallet* const wallet_;
    store::KeyValue* const records_;
    Mutex mutex_;
};

/// Lowers the fees of a message as `spec` says, or sets the fee cap to what the highest fee allows.
void cap_fee(Message& message, const SendSpec& spec);

}  // namespace strata::api
