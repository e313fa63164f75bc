// Answers methods that run a call without sending it. Source: docs/protocol/node.md §29; lotus node/impl/eth/gas.go;
// go-ethereum internal/ethapi/api.go for the overrides and for eth_createAccessList, which Lotus does not have.
#include <nlohmann/json.hpp>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/api/ethereum_access.hpp>
#include <strata/api/ethereum_gas.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

EthereumBlock or_latest(const Omittable<EthereumBlock>& block) {
    return block.value.value_or(EthereumBlock::tagged("latest"));
}

Changes changes_of(const Omittable<StateOverrides>& state, const Omittable<BlockOverrides>& block) {
    return {state.value.value_or(StateOverrides()), block.value.value_or(BlockOverrides())};
}

// The gas of a run that is looked at is bounded by that of a block.
void limit_gas(const EthereumCall& call, Message& message) {
    if (call.gas && *call.gas != 0 && *call.gas < static_cast<std::uint64_t>(message.gas_limit))
        message.gas_limit = static_cast<std::int64_t>(*call.gas);
}

Answered<Json> call(Context& context, const EthereumCall& asked, const Omittable<EthereumBlock>& block,
                    const Omittable<StateOverrides>& state, const Omittable<BlockOverrides>& seen) {
    if (auto wrong = fault_of(context, asked)) return std::move(*wrong);
    // As in Lotus, a call has the gas of a full block whatever its `gas` says: clients write there what Ethereum takes,
    // such as web3.js 4 the 21,000 of a plain transfer, which here do not cover inclusion.
    STRATA_TRY(Message message, message_of(asked));
    STRATA_TRY(const auto base, tipset_of(context, or_latest(block)));
    return in_sandbox<Json>(context, base, [&](chain::Sandbox& box) -> Answered<Json> {
        STRATA_TRY(const auto executor, open_changed(box, *base, changes_of(state, seen)));
        STRATA_OK(prepare_sender(box, *executor, message));
        STRATA_TRY(const auto applied, run_message(*executor, message));
        STRATA_TRY(const Bytes output, output_of(message, applied));
        return Json(hex_text(output));
    });
}

Answered<Json> estimate(Context& context, const EthereumCall& asked, const Omittable<EthereumBlock>& block,
                        const Omittable<StateOverrides>& state, const Omittable<BlockOverrides>& seen) {
    const bool is_pending = !block.value || block.value->tag == "pending";
    chain::TipsetPtr base = context.chain.head();
    if (!is_pending) {
        STRATA_TRY(base, tipset_of(context, *block.value));
    }
    STRATA_TRY(const std::uint64_t gas,
               estimate_ethereum_gas(context, base, asked, changes_of(state, seen), is_pending));
    return Json(quantity(gas));
}

// Access lists make nothing cheaper in Filecoin, and transactions with one are refused; the list is for tools that want
// to know what a call touches.
Answered<Json> access_list(Context& context, const EthereumCall& asked, const Omittable<EthereumBlock>& block,
                           const Omittable<StateOverrides>& state) {
    if (auto wrong = fault_of(context, asked)) return std::move(*wrong);
    STRATA_TRY(Message message, message_of(asked));
    limit_gas(asked, message);
    STRATA_TRY(const auto base, tipset_of(context, or_latest(block)));
    return in_sandbox<Json>(context, base, [&](chain::Sandbox& box) -> Answered<Json> {
        STRATA_TRY(const auto executor, open_changed(box, *base, changes_of(state, {})));
        STRATA_OK(prepare_sender(box, *executor, message));
        AccessWatcher watcher;
        executor->set_watcher(&watcher);
        STRATA_TRY(const auto applied, run_message(*executor, message));
        Json list = Json::array();
        for (const auto& [address, slots] : watcher.touched) {
            // As go-ethereum: the sender, the recipient and precompiles are known to be touched.
            const bool is_known = address == asked.from || address == asked.to;
            if (slots.empty() && (is_known || actors::eam::in_precompile_range(address))) continue;
            Json keys = Json::array();
            for (const auto& slot : slots) keys.push_back(hex_text(slot));
            list.push_back({{"address", hex_text(address)}, {"storageKeys", std::move(keys)}});
        }
        Json out{{"accessList", std::move(list)}, {"gasUsed", quantity(applied.receipt.gas_used)}};
        if (applied.receipt.exit_code != 0) out["error"] = failure_of(applied).message;
        return out;
    });
}

}  // namespace

void add_ethereum_call_methods(MethodTable& table) {
    table.add("EthCall", call, Cost::slow);
    table.add("EthEstimateGas", estimate, Cost::slow);
    table.add("EthCreateAccessList", access_list, Cost::slow);
    table.alias("eth_call", "EthCall");
    table.alias("eth_estimateGas", "EthEstimateGas");
    table.alias("eth_createAccessList", "EthCreateAccessList");
}

}  // namespace strata::api
