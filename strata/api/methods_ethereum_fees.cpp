// Answers the Ethereum methods about prices. Source: docs/protocol/node.md §29; lotus node/impl/eth/gas.go.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_block.hpp>
#include <strata/api/ethereum_json.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/executed_tipset.hpp>

namespace strata::api {
namespace {

constexpr std::uint64_t kMostBlocks = 1'024;
constexpr std::size_t kMostPercentiles = 100;
// The premium that Lotus gives for a block without messages. Source: lotus node/impl/gasutils/gasutils.go
// (MinGasPremium).
constexpr std::int64_t kLeastPremium = 100'000;

Result<TokenAmount> premium(Context& context) {
    return context.chain.estimate_premium(context.chain.head(), 1);
}

Result<Json> max_priority_fee(Context& context) {
    STRATA_TRY(const auto tip, premium(context));
    return Json(quantity(tip));
}
Result<Json> gas_price(Context& context) {
    const auto base_fee = context.chain.head()->parent_base_fee();
    STRATA_TRY(const auto tip, premium(context));
    return Json(quantity(base_fee + tip));
}
Result<Json> base_fee(Context& context) {
    STRATA_TRY(const auto next, context.chain.base_fee_after(*context.chain.head()));
    return Json(quantity(next));
}
/// Filecoin has no blobs; the price is the least one that EIP-4844 allows (MIN_BASE_FEE_PER_BLOB_GAS).
Result<Json> blob_base_fee(Context&) {
    return Json("0x1");
}

struct Percentiles {
    std::vector<double> values;
};
Status read(const Json& from, Percentiles& to) {
    return api::read(from, to.values);
}

/// The premium that a message paid, and its gas.
struct Reward {
    TokenAmount premium;
    std::uint64_t gas = 0;
};

Status check_percentiles(const std::vector<double>& percentiles) {
    if (percentiles.size() > kMostPercentiles)
        return fail(Errc::invalid_argument, "length of the reward percentile array cannot be greater than 100");
    for (std::size_t i = 0; i < percentiles.size(); ++i) {
        const std::string wrong = "invalid reward percentile: " + std::to_string(percentiles[i]) + " should be ";
        if (!(percentiles[i] >= 0 && percentiles[i] <= 100))
            return fail(Errc::invalid_argument, wrong + "between 0 and 100");
        if (i > 0 && percentiles[i] < percentiles[i - 1])
            return fail(Errc::invalid_argument, wrong + "larger than " + std::to_string(percentiles[i - 1]));
    }
    return {};
}

// Source: lotus chain/types/message.go (EffectiveGasPremium).
TokenAmount effective_premium(const Message& message, const TokenAmount& base_fee) {
    const TokenAmount available = message.gas_fee_cap - base_fee;
    return available.is_negative() ? TokenAmount(0) : min(message.gas_premium, available);
}

/// Returns for each percentile the premium of the message at which so much of the block's gas is used, from the lowest
/// premium up.
Json rewards_of(const std::vector<double>& percentiles, std::vector<Reward> paid, std::uint64_t gas_used) {
    std::ranges::sort(paid, [](const Reward& a, const Reward& b) { return a.premium < b.premium; });
    Json out = Json::array();
    std::size_t at = 0;
    std::uint64_t sum = 0;
    for (const double percentile : percentiles) {
        if (paid.empty()) {
            out.push_back(quantity(kLeastPremium));
            continue;
        }
        const auto threshold = static_cast<std::uint64_t>(static_cast<double>(gas_used) * percentile / 100);
        while (sum < threshold && at + 1 < paid.size()) sum += paid[at++].gas;
        out.push_back(quantity(paid[at].premium));
    }
    return out;
}

/// The part of the answer that is about one block.
struct BlockFees {
    std::string base_fee;
    double used = 0;  // of the gas that its blocks allow
    Json rewards;
};

Result<BlockFees> fees_of(Context& context, const chain::TipsetPtr& tipset, const chain::TipsetPtr& child,
                          const std::vector<double>& percentiles) {
    STRATA_TRY(const auto executed, child ? chain::executed_tipset(context.chain, tipset, *child)
                                          : chain::executed_tipset(context.chain, tipset));
    std::vector<Reward> paid;
    std::uint64_t gas_used = 0;
    for (std::size_t i = 0; i < executed.messages.size(); ++i) {
        const auto gas = executed.receipts[i].gas_used;
        gas_used += gas;
        paid.push_back({effective_premium(executed.messages[i].message, tipset->parent_base_fee()), gas});
    }
    const double most = static_cast<double>(chain::kBlockGasLimit) * static_cast<double>(tipset->blocks().size());
    return BlockFees{quantity(tipset->parent_base_fee()), static_cast<double>(gas_used) / most,
                     rewards_of(percentiles, std::move(paid), gas_used)};
}

Result<Json> fee_history(Context& context, const Quantity& blocks, const EthereumNumber& newest,
                         const Omittable<Percentiles>& percentiles) {
    if (blocks.value > kMostBlocks) return fail(Errc::invalid_argument, "block count should be smaller than 1024");
    const auto wanted = percentiles.value.value_or(Percentiles()).values;
    STRATA_OK(check_percentiles(wanted));
    STRATA_TRY(auto tipset, tipset_of(context, newest.block));
    // The base fee after the newest block is not known before its messages are executed, so the last one is repeated.
    std::vector<BlockFees> fees;
    const auto last_fee = quantity(tipset->parent_base_fee());
    ChainEpoch oldest = 1;
    chain::TipsetPtr child;
    while (fees.size() < blocks.value && tipset->height() > 0) {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(fees.emplace_back(), fees_of(context, tipset, child, wanted));
        oldest = tipset->height();
        child = tipset;
        STRATA_TRY(tipset, context.chain.parent(*child));
    }
    Json base_fees = Json::array(), used = Json::array(), rewards = Json::array();
    for (auto it = fees.rbegin(); it != fees.rend(); ++it) {
        base_fees.push_back(it->base_fee);
        // Go prints a whole number without a point.
        used.push_back(it->used == 0 ? Json(0) : Json(it->used));
        rewards.push_back(std::move(it->rewards));
    }
    base_fees.push_back(last_fee);
    Json out{
        {"oldestBlock", quantity(oldest)}, {"baseFeePerGas", std::move(base_fees)}, {"gasUsedRatio", std::move(used)}};
    if (percentiles.value) out["reward"] = std::move(rewards);
    return out;
}

}  // namespace

void add_ethereum_fee_methods(MethodTable& table) {
    table.add("EthMaxPriorityFeePerGas", max_priority_fee, Cost::expensive);
    table.add("EthGasPrice", gas_price, Cost::expensive);
    table.add("EthBaseFee", base_fee, Cost::expensive);
    table.add("EthBlobBaseFee", blob_base_fee);
    table.add("EthFeeHistory", fee_history, Cost::expensive);
    table.alias("eth_maxPriorityFeePerGas", "EthMaxPriorityFeePerGas");
    table.alias("eth_gasPrice", "EthGasPrice");
    table.alias("eth_baseFee", "EthBaseFee");
    table.alias("eth_blobBaseFee", "EthBlobBaseFee");
    table.alias("eth_feeHistory", "EthFeeHistory");
}

}  // namespace strata::api
