#include <strata/api/ethereum_receipts.hpp>

#include <nlohmann/json.hpp>

#include <strata/chain/network.hpp>
#include <strata/index/chain_index.hpp>

namespace strata::api {
namespace {

using chain::EthereumBloom;
using chain::ExecutedTipset;
using chain::TipsetPtr;

/// Adds a log to a filter, if the emitter has an Ethereum address. An actor of a different address manager has none.
void add_to(EthereumBloom& bloom, const chain::TipsetEvent& event, const chain::EthereumLog& log) {
    if (const auto emitter = chain::ethereum_address(event.address)) bloom.add(*emitter, log);
}

Result<EthereumBloom> bloom_of(chain::Chain& chain, const Options& options, const ExecutedTipset& executed) {
    if (options.index != nullptr) {
        STRATA_TRY(const auto found, options.index->tipset(block_hash(executed.tipset->key())));
        if (found && found->bloom) return *found->bloom;
    }
    STRATA_TRY(const auto events, chain::events_of(chain, executed));
    EthereumBloom out;
    for (const auto& event : events)
        if (const auto log = chain::ethereum_log(event.entries)) add_to(out, event, *log);
    return out;
}

/// The logs of one message, and their filter.
struct Logs {
    Json list = Json::array();
    EthereumBloom bloom;
};

Result<Logs> logs_of(const std::vector<chain::TipsetEvent>& events, const TransactionPlace& place,
                     const Hash256& hash) {
    Logs out;
    for (const auto& event : events) {
        if (event.message != place.index) continue;
        const auto log = chain::ethereum_log(event.entries);
        if (!log) continue;
        add_to(out.bloom, event, *log);
        const auto emitter = chain::ethereum_address(event.address);
        out.list.push_back(print_log(emitter ? *emitter : chain::masked_id(event.emitter), *log,
                                     {.transaction = place, .hash = hash, .number = event.number}));
    }
    return out;
}

Result<ChainEpoch> parent_epoch(chain::Chain& chain, const Options& options, const chain::Tipset& tipset) {
    if (!options.empty_blocks || tipset.height() == 0) return tipset.height() - 1;
    STRATA_TRY(const auto parent, chain.parent(tipset));
    return parent->height();
}

}  // namespace

Result<Json> block_json(chain::Chain& chain, const Options& options, const TipsetPtr& tipset, bool full) {
    STRATA_TRY(const auto executed, chain::executed_tipset(chain, tipset));
    BlockForm form{.full = full, .chain_id = chain.network().chain_id};
    STRATA_TRY(form.bloom, bloom_of(chain, options, executed));
    STRATA_TRY(const auto below, parent_epoch(chain, options, *tipset));
    form.parent = parent_hash(options, tipset->parents(), below, tipset->height());
    return print_block(chain.blocks(), executed, form);
}

Result<Json> null_block_json(Context& context, const BlockAt& block) {
    const ChainEpoch epoch = *block.null_round;
    const ExecutedTipset nothing{
        .tipset = block.tipset, .state_root = block.tipset->parent_state_root(), .messages = {}, .receipts = {}};
    BlockForm form{.chain_id = context.chain.network().chain_id};
    form.parent = parent_hash(context.options, block.tipset->key(), block.tipset->height(), epoch);
    STRATA_TRY(auto out, print_block(context.blocks(), nothing, form));
    STRATA_TRY(const auto base_fee, context.chain.base_fee_after(*block.tipset));
    out["number"] = quantity(epoch);
    out["hash"] = hex_text(null_block_hash(block.tipset->key(), epoch));
    out["timestamp"] = quantity(context.chain.network().timestamp_at(epoch));
    out["gasLimit"] = "0x0";
    out["baseFeePerGas"] = quantity(base_fee);
    return out;
}

Result<std::vector<Json>> receipts_of(Context& context, const ExecutedTipset& executed,
                                      std::optional<std::uint64_t> position) {
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), executed.state_root));
    STRATA_TRY(const auto events, chain::events_of(context.chain, executed));
    TransactionPlace place{.block = block_hash(executed.tipset->key()), .number = executed.tipset->height()};
    std::vector<Json> out;
    const std::uint64_t end = position ? *position + 1 : executed.messages.size();
    for (place.index = position.value_or(0); place.index < end; ++place.index) {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(const auto transaction,
                   transaction_of(executed.messages[place.index], state, context.chain.network().chain_id));
        STRATA_TRY(const auto logs, logs_of(events, place, transaction.hash));
        STRATA_TRY(out.emplace_back(), print_receipt(transaction, place,
                                                     {.receipt = executed.receipts[place.index],
                                                      .base_fee = executed.tipset->parent_base_fee(),
                                                      .logs = logs.list,
                                                      .bloom = logs.bloom}));
    }
    return out;
}

Result<Text> block_receipts_text(Context& context, const TipsetPtr& tipset) {
    STRATA_TRY(const auto executed, chain::executed_tipset(context.chain, tipset));
    STRATA_TRY(const auto receipts, receipts_of(context, executed));
    auto out = context.list();
    for (const auto& receipt : receipts) STRATA_OK(out.add(receipt));
    return std::move(out).finish();
}

}  // namespace strata::api
