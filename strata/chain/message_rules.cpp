#include <strata/chain/message_rules.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/crypto/bls.hpp>

namespace strata::chain {
namespace {

Error wrong(const std::string& what) {
    return fail(Errc::verification, "message: " + what);
}

// More than this cannot exist (fvm.md §3.2).
const TokenAmount& total_filecoin() {
    static const TokenAmount total = fil(2'000'000'000);
    return total;
}

bool is_zero_bls(const Address& address) {
    if (address.protocol() != Address::Protocol::bls) return false;
    const auto key = address.payload();
    return key[0] == 0xc0 && std::ranges::all_of(key.subspan(1), [](std::uint8_t b) { return b == 0; });
}

// Nonces and gas of one block's messages, in order.
class BlockSenders {
  public:
    BlockSenders(vm::StateTree& state, const vm::Manifest& manifest) : state_(state), manifest_(manifest) {}

    Result<Address> next(const Message& message) {
        gas_ += message.gas_limit;
        if (gas_ > kBlockGasLimit) return wrong("the gas limits of the block exceed 10^10");
        STRATA_TRY(auto sender, sender_account(state_, manifest_, message.from));
        const auto [it, first] = nonces_.try_emplace(sender.id, sender.nonce);
        if (it->second != message.nonce)
            return wrong("nonce " + std::to_string(message.nonce) + ", expected " + std::to_string(it->second));
        ++it->second;
        return sender.key;
    }

  private:
    vm::StateTree& state_;
    const vm::Manifest& manifest_;
    std::map<ActorId, Nonce> nonces_;
    std::int64_t gas_ = 0;  // single limits are checked before: no overflow
};

Status check_aggregate(const BlockHeader& block, const std::vector<std::pair<Address, Bytes>>& signers) {
    if (!block.bls_aggregate || block.bls_aggregate->type != Signature::Type::bls) return wrong("no BLS aggregate");
    // With no messages the content is not looked at; producers write the point at infinity.
    if (signers.empty()) return {};
    std::vector<crypto::bls::Signed> pairs;
    for (const auto& [key, payload] : signers) pairs.push_back({key.payload(), payload});
    return crypto::bls::verify_aggregate(pairs, block.bls_aggregate->data) ? Status{} : wrong("BLS aggregate");
}

Result<Cid> listed_messages(const BlockMessages& messages) {
    std::vector<Cid> bls;
    std::vector<Cid> secp;
    for (const auto& message : messages.bls) bls.push_back(message.cid());
    for (const auto& message : messages.secp) secp.push_back(message.cid());
    return msg_meta_cid(bls, secp);
}

}  // namespace

Status check_message_fields(const Message& message) {
    if (message.version != 0) return wrong("version");
    if (!message.to.defined() || !message.from.defined()) return wrong("an address is missing");
    if (is_zero_bls(message.to)) return wrong("recipient is the zero BLS key");
    if (message.value.is_negative() || message.value > total_filecoin()) return wrong("value");
    if (message.gas_fee_cap.is_negative() || message.gas_premium.is_negative()) return wrong("a negative fee");
    if (message.gas_premium > message.gas_fee_cap) return wrong("premium above the fee cap");
    if (message.gas_limit <= 0 || message.gas_limit > kBlockGasLimit) return wrong("gas limit");
    return {};
}

Status check_message_syntax(const Network& network, const Message& message, std::size_t length) {
    STRATA_OK(check_message_fields(message));
    const std::uint64_t least = 38'863 + network.inclusion_gas_per_byte * (36 + length);
    if (static_cast<std::uint64_t>(message.gas_limit) < least) return wrong("gas limit below the inclusion cost");
    return {};
}

Status check_message_signature(const Network& network, const SignedMessage& message, const Address& key) {
    switch (message.signature.type) {
        case Signature::Type::secp256k1:
            return verify_signature(message.signature, key, message.message.cid().bytes());
        case Signature::Type::delegated: {
            STRATA_TRY(const auto signing, ethereum_signing(message, network.chain_id));
            return verify_signature(signing.signature, key, signing.preimage);
        }
        default:
            return wrong("signature type in the second list");
    }
}

Result<SenderAccount> sender_account(vm::StateTree& state, const vm::Manifest& manifest, const Address& from) {
    STRATA_TRY(const auto id, state.resolve(from));
    if (!id) return wrong("no sender " + from.to_string());
    STRATA_TRY(const auto actor, state.get(*id));
    if (!actor) return wrong("no sender " + from.to_string());
    SenderAccount out{*id, actor->sequence, {}, actor->balance};
    const auto type = manifest.type_of(actor->code);
    if (type == vm::ActorType::account) {
        STRATA_TRY(const auto account, get_cbor<actors::account::State>(state.store(), actor->head));
        out.key = account.address;
        return out;
    }
    const bool delegated = actor->delegated_address && actor->delegated_address->delegated_space() == kEamId;
    const bool unused = type == vm::ActorType::placeholder && actor->sequence == 0 && delegated;
    if (!unused && type != vm::ActorType::ethaccount) return wrong(from.to_string() + " may not send");
    if (!actor->delegated_address) return wrong(from.to_string() + " has no key");
    out.key = *actor->delegated_address;
    return out;
}

Status check_block_messages(const Network& network, const BlockHeader& block, const BlockMessages& messages,
                            vm::StateTree& state) {
    if (messages.bls.size() + messages.secp.size() > kBlockMessageLimit) return wrong("more than 10,000 in a block");
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    BlockSenders senders(state, manifest);
    std::vector<std::pair<Address, Bytes>> bls;
    for (const auto& message : messages.bls) {
        STRATA_OK(check_message_syntax(network, message, to_cbor(message).size()));
        STRATA_TRY(const Address key, senders.next(message));
        if (key.protocol() != Address::Protocol::bls) return wrong("sender in the BLS list has another key");
        bls.emplace_back(key, to_bytes(message.cid().bytes()));
    }
    for (const auto& message : messages.secp) {
        STRATA_OK(check_message_syntax(network, message.message, message.chain_length()));
        STRATA_TRY(const Address key, senders.next(message.message));
        STRATA_OK(check_message_signature(network, message, key));
    }
    STRATA_OK(check_aggregate(block, bls));
    STRATA_TRY(const Cid listed, listed_messages(messages));
    return listed == block.messages ? Status{} : wrong("the block names other messages");
}

}  // namespace strata::chain
