#include <strata/api/ethereum_tracer.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/actors/evm/exits.hpp>
#include <strata/base/large_stack.hpp>
#include <strata/chain/ethereum_log.hpp>
#include <strata/chain/execution_failure.hpp>

namespace strata::api {
namespace {

using CallKind = EvmCall::Kind;
using Kind = TracerChoice::Kind;

constexpr std::size_t kSelector = 4;

Result<Kind> kind_of(const std::string& name) {
    if (name.empty() || name == "structLogger") return Kind::steps;
    if (name == "callTracer") return Kind::calls;
    if (name == "prestateTracer") return Kind::prestate;
    if (name == "flatCallTracer") return Kind::flat_calls;
    if (name == "4byteTracer") return Kind::four_bytes;
    if (name == "noopTracer") return Kind::nothing;
    return fail(Errc::malformed,
                "the tracer is '" + name.substr(0, 100) +
                    "', expected callTracer, prestateTracer, flatCallTracer, 4byteTracer, noopTracer, or none for the "
                    "struct logger; tracers written in JavaScript are not run here");
}

const char* geth_type(CallKind kind) {
    switch (kind) {
        case CallKind::call:
            return "CALL";
        case CallKind::static_call:
            return "STATICCALL";
        case CallKind::delegate_call:
            return "DELEGATECALL";
        case CallKind::create:
            return "CREATE";
        case CallKind::create2:
            return "CREATE2";
    }
    return "CALL";
}

bool is_revert(const EvmCall& call) {
    return call.exit_code == static_cast<std::uint32_t>(actors::evm::kReverted);
}

// Tools look for this text.
std::string geth_error(const EvmCall& call) {
    return is_revert(call) ? "execution reverted" : call.error;
}

// Prints the calls of a message as a tree. The list is in order, so that the subcalls of a call follow it.
class CallTree {
  public:
    CallTree(const std::vector<EvmCall>& calls, const TracerChoice& choice) : calls_(calls), choice_(choice) {}

    Json print(std::size_t at, bool above_failed) {
        const EvmCall& call = calls_[at];
        const bool failed = above_failed || call.failed();
        Json out{{"type", geth_type(call.kind)},
                 {"from", hex_text(call.from)},
                 {"gas", quantity(call.gas)},
                 {"gasUsed", quantity(call.gas_used)},
                 {"input", hex_text(call.input)}};
        if (!call.is_create())
            out["to"] = hex_text(call.to);
        else if (call.created)
            out["to"] = hex_text(*call.created);
        if (call.kind != CallKind::static_call) out["value"] = quantity(call.value);
        if (!call.output.empty()) out["output"] = hex_text(call.output);
        if (call.failed()) {
            out["error"] = geth_error(call);
            if (is_revert(call) && !call.output.empty()) add_reason(call, out);
        }
        if (choice_.with_logs && !failed) add_logs(call, out);
        if (choice_.only_top_call) return out;
        Json inner = Json::array();
        for (std::size_t i = at + 1; i < calls_.size() && calls_[i].path.size() > call.path.size(); ++i)
            if (calls_[i].path.size() == call.path.size() + 1) inner.push_back(print(i, failed));
        if (!inner.empty()) out["calls"] = std::move(inner);
        return out;
    }

  private:
    static void add_reason(const EvmCall& call, Json& out) {
        std::string reason = chain::revert_reason(call.output);
        constexpr std::string_view kError = "Error(";
        if (!reason.starts_with(kError) || !reason.ends_with(")")) return;
        out["revertReason"] = reason.substr(kError.size(), reason.size() - kError.size() - 1);
    }

    // The events of one call. A contract's event that is not a log is left out.
    static void add_logs(const EvmCall& call, Json& out) {
        if (call.inside == nullptr || !call.inside->invoked) return;
        Json logs = Json::array();
        const auto& invoked = *call.inside->invoked;
        for (const auto& [event, before] : call.inside->events) {
            const auto log = chain::ethereum_log(event.entries);
            if (!log) continue;
            Json topics = Json::array();
            for (const auto& topic : log->topics) topics.push_back(hex_text(topic));
            logs.push_back({{"address", hex_text(seen_address(invoked.id, invoked.state))},
                            {"topics", std::move(topics)},
                            {"data", hex_text(log->data)},
                            {"position", quantity(std::uint64_t{before})}});
        }
        if (!logs.empty()) out["logs"] = std::move(logs);
    }

    const std::vector<EvmCall>& calls_;
    const TracerChoice& choice_;
};

Json print_place(const TracedPlace& place, Json out) {
    out["blockHash"] = hex_text(place.block);
    out["blockNumber"] = place.number;
    out["transactionHash"] = hex_text(place.transaction);
    out["transactionPosition"] = place.index;
    return out;
}

Json print_flat_list(const std::vector<EvmCall>& calls, const std::optional<TracedPlace>& place) {
    Json out = Json::array();
    for (const auto& call : calls) {
        Json one = print_flat(call);
        // As go-ethereum and OpenEthereum, and unlike Lotus' trace_*: a call that failed has no result.
        if (call.failed()) one.erase("result");
        out.push_back(place ? print_place(*place, std::move(one)) : std::move(one));
    }
    return out;
}

// Counts the selectors with which contracts are called, by selector and length of the arguments.
Json count_selectors(const std::vector<EvmCall>& calls) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& call : calls)
        if (!call.is_create() && call.input.size() >= kSelector && !actors::eam::in_precompile_range(call.to))
            ++counts[hex_text(BytesView(call.input).first(kSelector)) + "-" +
                     std::to_string(call.input.size() - kSelector)];
    return counts;
}

}  // namespace

Status read(const Json& from, TracerChoice& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the trace options have the JSON type ") + from.type_name() + ", expected an object");
    std::string name;
    STRATA_OK(read_member(from, "tracer", name));
    STRATA_TRY(to.kind, kind_of(name));
    bool no_stack = false, no_storage = false;
    STRATA_OK(read_member(from, "disableStack", no_stack));
    STRATA_OK(read_member(from, "disableStorage", no_storage));
    STRATA_OK(read_member(from, "enableMemory", to.steps.with_memory));
    STRATA_OK(read_member(from, "enableReturnData", to.steps.with_return_data));
    STRATA_OK(read_member(from, "limit", to.steps.limit));
    to.steps.with_stack = !no_stack;
    to.steps.with_storage = !no_storage;
    const Json* config = find_member(from, "tracerConfig");
    if (config == nullptr || config->is_null()) return {};
    STRATA_OK(read_member(*config, "onlyTopCall", to.only_top_call));
    STRATA_OK(read_member(*config, "withLog", to.with_logs));
    STRATA_OK(read_member(*config, "diffMode", to.prestate.diff));
    STRATA_OK(read_member(*config, "disableCode", to.prestate.without_code));
    STRATA_OK(read_member(*config, "disableStorage", to.prestate.without_storage));
    return read_member(*config, "includeEmpty", to.prestate.with_empty);
}

Touched touched_by(const std::vector<EvmCall>& calls, const EthereumAddress& sender, Touched access) {
    access[sender];
    for (const auto& call : calls) {
        access[call.from];
        if (!call.is_create())
            access[call.to];
        else if (call.created)
            access[*call.created];
    }
    std::erase_if(access, [](const auto& one) { return actors::eam::in_precompile_range(one.first); });
    return access;
}

Result<std::vector<EvmCall>> calls_of(const vm::Applied& applied, const vm::Manifest& manifest,
                                      const EthereumAddress& sender) {
    if (!applied.trace) return std::vector<EvmCall>();
    if (applied.trace->is_cut)
        return fail(Errc::too_large, "the calls of the message carry more than " + std::to_string(vm::kMaxTracedBytes) +
                                         " bytes, which is more than is kept");
    return evm_calls(applied.trace->root, manifest, sender);
}

MessageTracer::MessageTracer(const TracerChoice& choice, std::size_t bytes) : choice_(choice), bytes_(bytes) {
    if (choice.kind == Kind::steps) steps_ = std::make_unique<StepRecorder>(choice.steps, bytes);
    if (choice.kind == Kind::prestate) access_ = std::make_unique<AccessWatcher>();
}

vm::CodeWatcher* MessageTracer::watcher() const {
    if (steps_) return steps_.get();
    return access_.get();
}

Result<Text> MessageTracer::result(const TracedMessage& message) {
    if (choice_.kind == Kind::nothing) return Text{"{}"};
    STRATA_TRY(auto calls,
               run_on_large_stack([&] { return calls_of(message.applied, message.manifest, message.sender); }));
    // As go-ethereum, the first call has the gas of the message, with its inclusion.
    if (!calls.empty()) {
        calls[0].gas = message.gas_limit;
        calls[0].gas_used = message.applied.receipt.gas_used;
    }
    if (choice_.kind == Kind::steps) {
        STRATA_TRY(const Text steps, std::move(*steps_).take());
        const bool failed = message.applied.receipt.exit_code != 0;
        const Bytes returned = calls.empty() ? Bytes() : calls[0].output;
        return Text{"{\"gas\":" + std::to_string(message.applied.receipt.gas_used) +
                    ",\"failed\":" + (failed ? "true" : "false") + ",\"returnValue\":\"" + hex_text(returned) +
                    "\",\"structLogs\":" + steps.json + "}"};
    }
    Json out;
    switch (choice_.kind) {
        case Kind::calls:
            // A tree may be as deep as calls can be.
            STRATA_OK(run_on_large_stack([&]() -> Status {
                if (!calls.empty()) out = CallTree(calls, choice_).print(0, false);
                return {};
            }));
            break;
        case Kind::flat_calls:
            out = print_flat_list(calls, message.place);
            break;
        case Kind::four_bytes:
            out = count_selectors(calls);
            break;
        default: {
            const Touched touched = touched_by(calls, message.sender, access_->touched);
            STRATA_TRY(const auto before, accounts_now(message.blocks, message.before, touched));
            STRATA_TRY(const auto after, accounts_now(message.blocks, message.after, touched));
            out = print_prestate(before, after, choice_.prestate);
        }
    }
    Text text;
    // A deep tree is also written recursively.
    STRATA_OK(run_on_large_stack([&]() -> Status {
        text.json = text_of(out);
        out = Json();
        return {};
    }));
    if (text.json.size() > bytes_)
        return fail(Errc::too_large, "the trace is longer than " + std::to_string(bytes_) + " bytes");
    return text;
}

}  // namespace strata::api
