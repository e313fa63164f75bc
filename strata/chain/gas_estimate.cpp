#include <strata/chain/gas_estimate.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/execution_failure.hpp>
#include <strata/chain/message_pool.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/vm/machine.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

// Source: lotus node/impl/gasutils/gasutils.go, node/impl/full/gas.go, chain/messagepool/config.go.
constexpr std::int64_t kGasLimitPercent = 125;  // of the gas used (GasLimitOverestimation)
constexpr std::uint64_t kPremiumBlocks = 10;
constexpr std::uint64_t kFeeCapBlocks = 20;
constexpr std::uint64_t kMaxFeeCapBlocks = 1'000;
constexpr std::uint64_t kMaxHistory = 128;     // MaxGasHistory
constexpr std::int64_t kMinPremium = 100'000;  // MinGasPremium
constexpr std::int64_t kBlockGasTarget = kBlockGasLimit / 2;

// Returns the premium that replaces one below kMinPremium. A message that wants to be included sooner pays more.
std::int64_t floor_premium(std::uint64_t blocks) {
    if (blocks == 1) return 2 * kMinPremium;
    if (blocks == 2) return kMinPremium * 3 / 2;
    return kMinPremium;
}

// The blank signature is as long as the real one, because inclusion is billed by length.
SignedMessage with_blank_signature(Message message, const Address& key) {
    const auto kind = key.protocol();
    if (kind == Address::Protocol::bls) return {std::move(message), {Signature::Type::bls, Bytes(96)}};
    const auto type = kind == Address::Protocol::delegated ? Signature::Type::delegated : Signature::Type::secp256k1;
    return {std::move(message), {type, Bytes(65)}};
}

Result<SenderAccount> sender_of(StateManager& states, const TipsetPtr& head, const Address& from) {
    STRATA_TRY(const auto after, states.state_after(head));
    STRATA_TRY(auto state, vm::StateTree::load(states.chain().blocks(), after.state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    return sender_account(state, manifest, from);
}

}  // namespace

TokenAmount default_max_fee() {
    return div_floor(fil(7), 100);
}

Result<vm::Applied> run_for_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message) {
    STRATA_TRY(const auto account, sender_of(states, head, message.from));
    std::vector<ChainMessage> run;
    const Nonce wanted = std::exchange(message.nonce, account.nonce);
    // The sender's pending messages run first, because they change the state that this one sees. They run up to a gap,
    // or up to the message that this one would replace (it replaces none if its nonce was 0, which means "open").
    for (const auto& entry : pool.pending_from(account.key)) {
        const Nonce nonce = entry.message.message.nonce;
        if (nonce < message.nonce) continue;
        if (nonce != message.nonce || (wanted != 0 && nonce == wanted)) break;
        run.push_back({entry.message.message, entry.chain_length});
        ++message.nonce;
    }
    // The message runs for free, so that the balance does not limit the gas, but has the length of a message with fees.
    message.gas_limit = kBlockGasLimit;
    message.gas_fee_cap = message.gas_premium = fil(1);
    const std::size_t length = with_blank_signature(message, account.key).chain_length();
    message.gas_fee_cap = message.gas_premium = 0;
    run.push_back({std::move(message), length});
    return states.simulate(head, run);
}

Result<std::int64_t> estimate_gas_limit(StateManager& states, MessagePool& pool, const TipsetPtr& head,
                                        Message message) {
    STRATA_TRY(const auto applied, run_for_gas(states, pool, head, std::move(message)));
    if (applied.receipt.exit_code != 0) return fail(Errc::verification, describe_failure(applied).text);
    return static_cast<std::int64_t>(applied.receipt.gas_used);
}

TokenAmount median_premium(std::vector<GasBid> bids, std::int64_t blocks) {
    std::ranges::sort(bids, [](const GasBid& a, const GasBid& b) { return b.premium < a.premium; });
    // The price is found after 52.5 % of the target, counted from the highest premium down; each part is rounded down
    // as in the reference.
    constexpr std::int64_t half = 2, fortieth = 40;
    const BigInt target = BigInt(kBlockGasTarget) * BigInt(blocks);
    BigInt left = div_floor(target, half) + div_floor(target, fortieth);
    TokenAmount price, higher;  // the premium of this message and of the one before it
    for (const auto& bid : bids) {
        higher = std::exchange(price, bid.premium);
        left -= BigInt(bid.gas_limit);
        if (left.is_negative()) break;
    }
    return higher.is_zero() ? price : div_floor(price + higher, 2);
}

Result<TokenAmount> estimate_premium(StateManager& states, const TipsetPtr& head, std::uint64_t blocks) {
    blocks = std::clamp<std::uint64_t>(blocks, 1, kMaxHistory);
    std::vector<GasBid> bids;
    std::int64_t block_count = 0;
    TipsetPtr at = head;
    // `blocks` is how long the sender would wait; twice that many tipsets are read.
    for (std::uint64_t i = 0; i < 2 * blocks && at->height() > 0; ++i) {
        STRATA_TRY(at, states.chain().parent(*at));
        block_count += static_cast<std::int64_t>(at->blocks().size());
        if (at->height() == 0) break;  // genesis has no messages
        STRATA_TRY(const auto messages, states.messages_of(*at));
        for (const auto& block : messages)
            for (const auto& [message, length] : block) bids.push_back({message.gas_limit, message.gas_premium});
    }
    const TokenAmount premium = median_premium(std::move(bids), block_count);
    return premium < BigInt(kMinPremium) ? TokenAmount(floor_premium(blocks)) : premium;
}

TokenAmount estimate_fee_cap(const Tipset& head, const TokenAmount& premium, std::uint64_t blocks) {
    // The factor is (1 + 1/8)^blocks in units of 1/256, rounded down.
    constexpr unsigned precision = 8;
    BigInt numerator = 1;
    BigInt denominator = 1;
    // The base fee rises by at most an eighth in each epoch.
    for (std::uint64_t i = 0; i < std::min(blocks, kMaxFeeCapBlocks); ++i) {
        numerator *= BigInt(9);
        denominator *= BigInt(8);
    }
    const BigInt factor = div_floor(numerator << precision, denominator);
    return ((head.parent_base_fee() * factor) >> precision) + premium;
}

void cap_fee(Message& message, const TokenAmount& max_fee) {
    const TokenAmount& most = max_fee.is_zero() ? default_max_fee() : max_fee;
    if (message.gas_limit > 0 && message.gas_fee_cap * BigInt(message.gas_limit) > most)
        message.gas_fee_cap = div_floor(most, BigInt(message.gas_limit));
    message.gas_premium = min(message.gas_premium, message.gas_fee_cap);
}

Result<Message> estimate_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message,
                             const TokenAmount& max_fee) {
    if (message.gas_limit == 0) {
        STRATA_TRY(const auto used, estimate_gas_limit(states, pool, head, message));
        message.gas_limit = std::min(used * kGasLimitPercent / 100, kBlockGasLimit);
    }
    if (message.gas_premium.is_zero()) {
        STRATA_TRY(message.gas_premium, estimate_premium(states, head, kPremiumBlocks));
    }
    if (message.gas_fee_cap.is_zero())
        message.gas_fee_cap = estimate_fee_cap(*head, message.gas_premium, kFeeCapBlocks);
    cap_fee(message, max_fee);
    return message;
}

}  // namespace strata::chain
