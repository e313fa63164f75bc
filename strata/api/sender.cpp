#include <strata/api/sender.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/gas_estimate.hpp>
#include <strata/chain/network.hpp>
#include <strata/store/key_value.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kDelegatedSignature = 65;
constexpr std::size_t kEthereumAddress = 20;

std::string record_of(const std::string& uuid) {
    return "api/sent/" + uuid;
}

/// An f4 address that is not an Ethereum address has no owner: FIL sent there are lost.
Status check_receiver(const Message& message) {
    if (message.to.protocol() != Address::Protocol::delegated) return {};
    if (message.to.delegated_space() == kEamId && message.to.subaddress().size() == kEthereumAddress) return {};
    return fail(Errc::invalid_argument, "message from " + message.from.to_string() +
                                            " failed sanity check: message recipient " + message.to.to_string() +
                                            " is a delegated address but not a valid Eth Address");
}

}  // namespace

void cap_fee(Message& message, const SendSpec& spec) {
    chain::cap_fee(message, spec.max_fee);
    if (!spec.maximize_fee_cap || message.gas_limit <= 0) return;
    const auto most = spec.max_fee.is_zero() ? chain::default_max_fee() : spec.max_fee;
    message.gas_fee_cap = div_floor(most, message.gas_limit);
}

Result<wallet::Wallet*> Sender::wallet() const {
    if (wallet_ != nullptr) return wallet_;
    return fail(Errc::unsupported, "this node keeps no keys");
}

Result<Address> Sender::key_of(const Address& address) {
    if (!address.as_id()) return address;
    STRATA_TRY(auto state, chain_.head_state());
    return actors::read::key_of(state, address);
}

Result<Signature> Sender::sign(const Message& message) {
    STRATA_TRY(auto* const keys, wallet());
    STRATA_TRY(const Address key, key_of(message.from));
    if (key.protocol() != Address::Protocol::delegated) return keys->sign(key, message.cid().bytes());
    const SignedMessage unsigned_message{message, {Signature::Type::delegated, Bytes(kDelegatedSignature)}};
    STRATA_TRY(const auto transaction, chain::ethereum_signing(unsigned_message, chain_.network().chain_id));
    return keys->sign(key, transaction.preimage);
}

Result<std::optional<SignedMessage>> Sender::sent_before(const SendSpec& spec) {
    if (spec.uuid.empty() || records_ == nullptr) return std::optional<SignedMessage>();
    STRATA_TRY(const auto record, records_->get(record_of(spec.uuid)));
    if (!record) return std::optional<SignedMessage>();
    STRATA_TRY(auto sent, from_cbor<SignedMessage>(*record));
    return std::optional(std::move(sent));
}

Result<SignedMessage> Sender::push(const Message& message, const SendSpec& spec) {
    STRATA_OK(check_receiver(message));
    STRATA_TRY(auto earlier, sent_before(spec));
    if (earlier) return std::move(*earlier);
    STRATA_TRY(auto priced, price(message, spec));
    const Lock lock(mutex_);
    // The same message may have been sent while this one was priced.
    STRATA_TRY(earlier, sent_before(spec));
    if (earlier) return std::move(*earlier);
    STRATA_TRY(auto sent, sign_and_push(std::move(priced)));
    if (!spec.uuid.empty() && records_ != nullptr) STRATA_OK(records_->put(record_of(spec.uuid), to_cbor(sent)));
    return sent;
}

// Executes the message, so it needs no lock: a slow message of one sender must not hold up others.
Result<Message> Sender::price(Message message, const SendSpec& spec) {
    STRATA_OK(wallet());
    if (message.nonce != 0)
        return fail(Errc::invalid_argument,
                    "MpoolPushMessage expects message nonce to be 0, was " + std::to_string(message.nonce));
    STRATA_TRY(message.from, key_of(message.from));
    auto priced = chain_.estimate_gas(chain_.head(), std::move(message), spec.max_fee);
    if (!priced) return std::move(priced).error().with_context("GasEstimateMessageGas error");
    cap_fee(*priced, spec);
    STRATA_TRY(auto state, chain_.head_state());
    STRATA_TRY(const auto id, state.resolve(priced->from));
    TokenAmount balance;
    if (id) {
        STRATA_TRY(const auto actor, state.get(*id));
        if (actor) balance = actor->balance;
    }
    const TokenAmount needed = priced->value + priced->gas_fee_cap * BigInt(priced->gas_limit);
    if (balance < needed)
        return fail(Errc::verification,
                    "mpool push: not enough funds: " + balance.to_string() + " < " + needed.to_string());
    return priced;
}

Result<SignedMessage> Sender::sign_and_push(Message message) {
    STRATA_TRY(message.nonce, chain_.next_nonce(message.from));
    STRATA_TRY(auto signature, sign(message));
    SignedMessage out{std::move(message), std::move(signature)};
    auto pushed = chain_.push(out);
    if (!pushed) return std::move(pushed).error().with_context("mpool push: failed to push message");
    return out;
}

}  // namespace strata::api
