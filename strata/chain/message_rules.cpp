#include <strata/chain/message_rules.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/inclusion_gas.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/vm/machine.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

Error wrong(const std::string& what) {
    return fail(Errc::verification, "message: " + what);
}

// A broken rule always has the code verification, whichever helper found it. An error of this node stays fatal.
Error as_verification(Error error) {
    if (error.is_fatal() || error.code() == Errc::verification) return error;
    return fail(Errc::verification, error.message());
}
Status as_verification(Status status) {
    return status ? std::move(status) : Status(as_verification(std::move(status).error()));
}

// Clients look for the words "actor not found", after which they begin with nonce 0 (lotus chain/types/actor.go:
// ErrActorNotFound).
constexpr std::string_view kActorNotFound = "message: actor not found for the sender ";

// Checks the nonces and the gas of one block's messages, in order.
class BlockSenders {
  public:
    BlockSenders(vm::StateTree& state, const vm::Manifest& manifest) : state_(state), manifest_(manifest) {}

    /// Returns the key of the message's sender. Errors: verification if the gas or the nonce is wrong.
    Result<Address> next(const Message& message) {
        gas_ += message.gas_limit;
        if (gas_ > kBlockGasLimit)
            return wrong("the gas limits of the block add up to " + std::to_string(gas_) + ", expected at most " +
                         std::to_string(kBlockGasLimit));
        auto found = sender_account(state_, manifest_, message.from);
        if (!found) return as_verification(std::move(found).error());
        const auto& sender = *found;
        const auto [it, first] = nonces_.try_emplace(sender.id, sender.nonce);
        if (it->second != message.nonce)
            return wrong("nonce is " + std::to_string(message.nonce) + ", expected " + std::to_string(it->second));
        ++it->second;
        return sender.key;
    }

  private:
    vm::StateTree& state_;
    const vm::Manifest& manifest_;
    std::map<ActorId, Nonce> nonces_;
    std::int64_t gas_ = 0;  // each limit is checked before, and there are at most 10,000, so this cannot overflow
};

// Checks the aggregate signature. Only its first 96 bytes count, and its type is never read. It must have these bytes
// even if the BLS list is empty; nothing more is required of it then (lotus VerifyBlsAggregate).
Status check_aggregate(const BlockHeader& block, const std::vector<std::pair<Address, Bytes>>& signers) {
    constexpr std::size_t size = std::tuple_size_v<crypto::bls::Signature>;
    if (!block.bls_aggregate) return wrong("the block has no BLS aggregate");
    const BytesView data = block.bls_aggregate->data;
    if (data.size() < size)
        return wrong("the BLS aggregate has " + std::to_string(data.size()) + " bytes, expected at least " +
                     std::to_string(size));
    if (signers.empty()) return {};
    std::vector<crypto::bls::Signed> pairs;
    for (const auto& [key, payload] : signers) pairs.push_back({key.payload(), payload});
    if (crypto::bls::verify_aggregate(pairs, data.first(size))) return {};
    return wrong("the BLS aggregate does not verify over the " + std::to_string(pairs.size()) +
                 " BLS message(s) of the block");
}

// Checks the signatures that a block holds one by one, on all cores. Errors: those of the first one that is wrong.
Status check_signatures(const Network& network, std::span<const SignedMessage> messages,
                        std::span<const Address> keys) {
    constexpr std::size_t grain = 8;  // a signature costs about 0.1 ms
    std::vector<Status> checked(messages.size());
    parallel_for(messages.size(), grain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) checked[i] = check_message_signature(network, messages[i], keys[i]);
    });
    const auto wrong_one = std::ranges::find_if(checked, [](const Status& one) { return !one; });
    return wrong_one == checked.end() ? Status{} : *wrong_one;
}

Result<Cid> listed_messages(const BlockMessages& messages) {
    std::vector<Cid> bls;
    std::vector<Cid> secp;
    for (const auto& message : messages.bls) bls.push_back(message.cid());
    for (const auto& message : messages.secp) secp.push_back(message.cid());
    return msg_meta_cid(bls, secp);
}

Status check_amount(const char* name, const TokenAmount& amount, const TokenAmount& most) {
    if (!amount.is_negative() && amount <= most) return {};
    return wrong(std::string(name) + " is " + amount.to_string() + ", expected 0 to " + most.to_string());
}

}  // namespace

Status check_message_fields(const Message& message) {
    if (message.version != 0) return wrong("version is " + std::to_string(message.version) + ", expected 0");
    if (!message.to.defined()) return wrong("the recipient is empty");
    if (!message.from.defined()) return wrong("the sender is empty");
    STRATA_OK(as_verification(message.check_decoded()));
    if (message.to.is_zero_bls()) return wrong("the recipient is the BLS key of zeros, which nobody has");
    STRATA_OK(check_amount("value", message.value, total_filecoin()));
    if (message.gas_fee_cap.is_negative())
        return wrong("fee cap is " + message.gas_fee_cap.to_string() + ", expected at least 0");
    STRATA_OK(check_amount("premium", message.gas_premium, message.gas_fee_cap));
    if (message.gas_limit <= 0 || message.gas_limit > kBlockGasLimit)
        return wrong("gas limit is " + std::to_string(message.gas_limit) + ", expected 1 to " +
                     std::to_string(kBlockGasLimit));
    if (message.params.size() > kWireLimits.bytes)
        return wrong("the parameters have " + std::to_string(message.params.size()) + " bytes, expected at most " +
                     std::to_string(kWireLimits.bytes));
    return {};
}

Status check_message_syntax(const Network& network, ChainEpoch epoch, const Message& message, std::size_t length) {
    STRATA_OK(check_message_fields(message));
    const auto least = least_gas_limit(network, epoch, length);
    if (message.gas_limit >= least) return {};
    return wrong("gas limit is " + std::to_string(message.gas_limit) + ", expected at least " + std::to_string(least) +
                 " for a message of " + std::to_string(length) + " bytes on chain");
}

Status check_message_signature(const Network& network, const SignedMessage& message, const Address& key) {
    if (message.signature.type != Signature::Type::delegated)
        return as_verification(verify_signature(message.signature, key, message.message.cid().bytes()));
    auto signing = ethereum_signing(message, network.chain_id);
    if (!signing) return as_verification(std::move(signing).error());
    return as_verification(verify_signature(signing->signature, key, signing->preimage));
}

Result<SenderAccount> sender_account(vm::StateTree& state, const vm::Manifest& manifest, const Address& from) {
    STRATA_TRY(const auto id, state.resolve(from));
    if (!id) return fail(Errc::not_found, std::string(kActorNotFound) + from.to_string());
    STRATA_TRY(const auto actor, state.get(*id));
    if (!actor) return fail(Errc::not_found, std::string(kActorNotFound) + from.to_string());
    SenderAccount out{*id, actor->sequence, {}, actor->balance};
    const auto type = manifest.type_of(actor->code);
    if (type == vm::ActorType::account) {
        STRATA_TRY(out.key, actors::read::account_key(state.store(), *actor));
        return out;
    }
    const bool delegated = actor->delegated_address && actor->delegated_address->delegated_space() == kEamId;
    // A placeholder of the EAM that never sent a message becomes an Ethereum account with its first message.
    const bool unused = type == vm::ActorType::placeholder && actor->sequence == 0 && delegated;
    if (!unused && type != vm::ActorType::ethaccount)
        return wrong("the sender " + from.to_string() + " is not an account, so it may not send");
    if (!actor->delegated_address) return wrong("the sender " + from.to_string() + " has no key");
    out.key = *actor->delegated_address;
    return out;
}

Status check_block_messages(const Network& network, const BlockHeader& block, const BlockMessages& messages,
                            vm::StateTree& state) {
    const std::size_t count = messages.bls.size() + messages.secp.size();
    if (count > kBlockMessageLimit)
        return wrong("the block has " + std::to_string(count) + " messages, expected at most " +
                     std::to_string(kBlockMessageLimit));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    BlockSenders senders(state, manifest);
    std::vector<std::pair<Address, Bytes>> bls;
    for (const auto& message : messages.bls) {
        STRATA_OK(check_message_syntax(network, block.height, message, to_cbor(message).size()));
        STRATA_TRY(const Address key, senders.next(message));
        if (key.protocol() != Address::Protocol::bls)
            return wrong("the sender " + key.to_string() + " is in the BLS list, but its key is not a BLS key");
        // BLS signatures are checked together at the end, since the block holds only their aggregate.
        bls.emplace_back(key, to_bytes(message.cid().bytes()));
    }
    std::vector<Address> keys;
    for (const auto& message : messages.secp) {
        if (message.signature.type == Signature::Type::bls)
            return wrong("message " + message.cid().to_string() + " has a BLS signature, but is not in the BLS list");
        STRATA_OK(check_message_syntax(network, block.height, message.message, message.chain_length()));
        STRATA_TRY(auto key, senders.next(message.message));
        keys.push_back(std::move(key));
    }
    STRATA_OK(check_signatures(network, messages.secp, keys));
    STRATA_OK(check_aggregate(block, bls));
    STRATA_TRY(const Cid listed, listed_messages(messages));
    if (listed == block.messages) return {};
    return wrong("the CID of the block's messages is " + listed.to_string() + ", expected " +
                 block.messages.to_string() + " as in its header");
}

}  // namespace strata::chain
