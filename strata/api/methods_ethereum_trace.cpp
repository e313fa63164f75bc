// Answers the methods trace_*: the calls of messages in the form of OpenEthereum. Source: lotus node/impl/eth/trace.go
// for those that Lotus has; forest src/rpc/methods/eth.rs (trace_call) and OpenEthereum's trace module for the others.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_overrides.hpp>
#include <strata/api/ethereum_replay.hpp>
#include <strata/api/ethereum_tracer.hpp>
#include <strata/api/ethereum_transaction.hpp>
#include <strata/api/method_table.hpp>
#include <strata/base/large_stack.hpp>
#include <strata/chain/execution.hpp>

namespace strata::api {
namespace {

// The defaults of Lotus' configuration (node/config/def.go: EthTraceFilterMaxResults, MaxFilterHeightRange).
constexpr std::uint64_t kMaxFilterResults = 500;
constexpr std::uint64_t kMaxFilterRange = 2'880;
// The most calls of trace_callMany.
constexpr std::size_t kMaxCalls = 100;

/// A message of a tipset with its calls.
struct TracedTransaction {
    Hash256 hash{};
    std::vector<EvmCall> calls;
};

/// The messages of a tipset with all that happened in them. The traces that the calls point into are in `execution`.
struct TracedTipset {
    chain::TipsetPtr tipset;
    chain::TipsetExecution execution;
    std::vector<TracedTransaction> transactions;  // in the order of execution
};

Result<TracedTipset> trace(Context& context, const chain::TipsetPtr& tipset) {
    TracedTipset out{tipset, {}, {}};
    STRATA_TRY(out.execution, context.chain.trace(*tipset));
    STRATA_TRY(const auto hashes, transaction_hashes(context, *tipset));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), out.execution.state.state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    for (const auto& one : out.execution.messages) {
        STRATA_OK(context.check_may_continue());
        const auto hash = hashes.find(one.cid);
        if (hash == hashes.end())
            return fail(Errc::internal, "cannot find transaction hash for cid " + one.cid.to_string());
        STRATA_TRY(const auto sender, ethereum_address_in(state, one.message.from));
        STRATA_TRY(auto calls, run_on_large_stack([&] { return calls_of(one.applied, manifest, sender); }));
        out.transactions.push_back({hash->second, std::move(calls)});
    }
    return out;
}

Json print_placed(const TracedTipset& traced, std::size_t index, const EvmCall& call) {
    Json out = print_flat(call);
    out["blockHash"] = hex_text(block_hash(traced.tipset->key()));
    out["blockNumber"] = traced.tipset->height();
    out["transactionHash"] = hex_text(traced.transactions[index].hash);
    out["transactionPosition"] = index;
    return out;
}

Answered<Text> trace_block(Context& context, const EthereumBlock& block) {
    STRATA_TRY(const auto at, block_of(context, block));
    auto out = context.list();
    if (at.null_round) return std::move(out).finish();
    STRATA_TRY(const auto traced, trace(context, at.tipset));
    for (std::size_t i = 0; i < traced.transactions.size(); ++i)
        for (const auto& call : traced.transactions[i].calls) STRATA_OK(out.add(print_placed(traced, i, call)));
    return std::move(out).finish();
}

Json print_all(const std::vector<EvmCall>& calls) {
    Json out = Json::array();
    for (const auto& call : calls) out.push_back(print_flat(call));
    return out;
}

Answered<Text> trace_replay_block(Context& context, const EthereumBlock& block, const std::vector<std::string>& types) {
    if (types != std::vector<std::string>{"trace"}) return fail(Errc::invalid_argument, "only 'trace' is supported");
    STRATA_TRY(const auto at, block_of(context, block));
    auto out = context.list();
    if (at.null_round) return std::move(out).finish();
    STRATA_TRY(const auto traced, trace(context, at.tipset));
    for (const auto& [hash, calls] : traced.transactions)
        STRATA_OK(out.add({{"output", hex_text(calls.empty() ? Bytes() : calls[0].output)},
                           {"stateDiff", nullptr},
                           // A message that was refused before it ran has no trace.
                           {"trace", calls.empty() ? Json() : print_all(calls)},
                           {"transactionHash", hex_text(hash)},
                           {"vmTrace", nullptr}}));
    return std::move(out).finish();
}

/// Finds a transaction that was executed. Errors: in Lotus' words.
Answered<TransactionAt> executed_transaction(Context& context, const Hash256& hash) {
    STRATA_TRY(const auto found, find_transaction(context, hash));
    if (found) return *found;
    return fail(Errc::not_found, "transaction not found");
}

Answered<Text> trace_transaction(Context& context, const HexHash& asked) {
    const Hash256& hash = asked.value;
    STRATA_TRY(const auto found, executed_transaction(context, hash));
    STRATA_TRY(const auto traced, trace(context, found.tipset));
    auto out = context.list();
    for (std::size_t i = 0; i < traced.transactions.size(); ++i) {
        if (traced.transactions[i].hash != hash) continue;
        for (const auto& call : traced.transactions[i].calls) STRATA_OK(out.add(print_placed(traced, i, call)));
    }
    return std::move(out).finish();
}

/// The addresses of a filter; one address may stand without its list.
struct AddressList {
    std::vector<HexAddress> addresses;

    bool contains(const EthereumAddress& address) const {
        return std::ranges::find(addresses, address, &HexAddress::value) != addresses.end();
    }
};
Status read(const Json& from, AddressList& to) {
    if (from.is_array()) return read(from, to.addresses);
    return read(from, to.addresses.emplace_back());
}

struct TraceFilter {
    std::optional<std::string> from_block, to_block;
    AddressList from, to;
    std::optional<Quantity> after, count;

    bool takes(const EvmCall& call) const {
        if (!from.addresses.empty() && !from.contains(call.from)) return false;
        if (to.addresses.empty()) return true;
        if (call.is_create()) return call.created && to.contains(*call.created);
        return to.contains(call.to);
    }
};
Status read(const Json& from, TraceFilter& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the filter has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(read_member(from, "fromBlock", to.from_block));
    STRATA_OK(read_member(from, "toBlock", to.to_block));
    STRATA_OK(read_member(from, "fromAddress", to.from));
    STRATA_OK(read_member(from, "toAddress", to.to));
    STRATA_OK(read_member(from, "after", to.after));
    return read_member(from, "count", to.count);
}

/// Returns the epoch that a filter names. Numbers are hexadecimal, with or without 0x, as in Lotus.
Result<ChainEpoch> filter_epoch(Context& context, const std::optional<std::string>& name, const char* what) {
    const std::string text = name.value_or("latest");
    const auto head = context.chain.head();
    if (text == "earliest") return fail(Errc::malformed, "block param \"earliest\" is not supported");
    if (text == "pending" || text == "latest" || text == "safe" || text == "finalized") {
        STRATA_TRY(const auto tipset, tipset_of(context, EthereumBlock::tagged(text)));
        return tipset->height();
    }
    const auto number = parse_quantity(text.starts_with("0x") ? text : "0x" + text);
    if (!number || *number > std::uint64_t{INT64_MAX})
        return fail(Errc::malformed, "cannot parse " + std::string(what) + ": it is '" + text.substr(0, 100) +
                                         "', expected a hexadecimal number, or latest, pending, safe or finalized");
    return static_cast<ChainEpoch>(*number);
}

Answered<Text> trace_filter(Context& context, const TraceFilter& filter) {
    STRATA_TRY(const ChainEpoch first, filter_epoch(context, filter.from_block, "fromBlock"));
    STRATA_TRY(const ChainEpoch last, filter_epoch(context, filter.to_block, "toBlock"));
    if (last > first && static_cast<std::uint64_t>(last - first) > kMaxFilterRange)
        return Fault(Code::limit_exceeded, "block range exceeds maximum of " + std::to_string(kMaxFilterRange) +
                                               " (got " + std::to_string(last - first) + ")");
    auto out = context.list();
    if (filter.count && filter.count->value == 0) return std::move(out).finish();
    if (filter.count && filter.count->value > kMaxFilterResults)
        return fail(Errc::too_large, "invalid response count, requested " + std::to_string(filter.count->value) +
                                         ", maximum supported is " + std::to_string(kMaxFilterResults));
    const std::uint64_t skipped = filter.after ? filter.after->value : 0;
    std::uint64_t matched = 0, added = 0;
    for (ChainEpoch epoch = first; epoch <= last; ++epoch) {
        STRATA_OK(context.check_may_continue());
        auto at = block_of(context, {.tag = {}, .number = static_cast<std::uint64_t>(epoch), .hash = {}});
        if (at ? at->null_round.has_value() : at.error().code == Code::null_round) continue;
        if (!at) {
            at.error().message = "cannot get trace for block " + std::to_string(epoch) + ": " + at.error().message;
            return std::move(at).error();
        }
        STRATA_TRY(const auto traced, trace(context, at->tipset));
        for (std::size_t i = 0; i < traced.transactions.size(); ++i)
            for (const auto& call : traced.transactions[i].calls) {
                if (!filter.takes(call) || ++matched <= skipped) continue;
                STRATA_OK(out.add(print_placed(traced, i, call)));
                ++added;
                if (filter.count && added >= filter.count->value) return std::move(out).finish();
                if (!filter.count && added > kMaxFilterResults)
                    return fail(Errc::too_large, "too many results, maximum supported is " +
                                                     std::to_string(kMaxFilterResults) +
                                                     ", try paginating requests with After and Count");
            }
    }
    return std::move(out).finish();
}

/// The parts that trace_call and the like are asked for.
struct TraceTypes {
    bool calls = false;
    bool state_diff = false;
};
Result<TraceTypes> types_of(const std::vector<std::string>& names) {
    TraceTypes out;
    if (names.empty())
        return fail(Errc::invalid_argument, "the list of trace types is empty, expected trace or stateDiff");
    for (const auto& name : names) {
        if (name == "trace")
            out.calls = true;
        else if (name == "stateDiff")
            out.state_diff = true;
        else
            return fail(Errc::invalid_argument,
                        "the trace type is '" + name.substr(0, 100) +
                            "', expected trace or stateDiff; for the instructions use debug_traceCall or "
                            "debug_traceTransaction");
    }
    return out;
}

/// Prints what OpenEthereum gives for one call or transaction.
Result<Json> print_results(const TracedMessage& message, const TraceTypes& types, const Touched& access) {
    STRATA_TRY(const auto calls,
               run_on_large_stack([&] { return calls_of(message.applied, message.manifest, message.sender); }));
    Json out{{"output", hex_text(calls.empty() ? Bytes() : calls[0].output)},
             {"stateDiff", nullptr},
             {"trace", types.calls ? print_all(calls) : Json::array()},
             {"vmTrace", nullptr}};
    if (!types.state_diff) return out;
    const Touched touched = touched_by(calls, message.sender, access);
    STRATA_TRY(const auto before, accounts_now(message.blocks, message.before, touched));
    STRATA_TRY(const auto after, accounts_now(message.blocks, message.after, touched));
    out["stateDiff"] = print_state_diff(before, after);
    return out;
}

/// Runs one call on an executor and prints it.
Result<Json> run_and_print(chain::Sandbox& box, vm::Executor& executor, const EthereumCall& call,
                           const TraceTypes& types) {
    STRATA_TRY(Message message, message_of(call));
    if (call.gas && *call.gas != 0 && *call.gas < static_cast<std::uint64_t>(message.gas_limit))
        message.gas_limit = static_cast<std::int64_t>(*call.gas);
    STRATA_OK(prepare_sender(box, executor, message));
    STRATA_TRY(const Cid before, executor.flush());
    AccessWatcher access;
    executor.set_watcher(&access);
    auto applied = run_message(executor, message);
    executor.set_watcher(nullptr);
    if (!applied) return std::move(applied).error();
    STRATA_TRY(const Cid after, executor.flush());
    return print_results({.applied = *applied,
                          .blocks = box.blocks(),
                          .before = before,
                          .after = after,
                          .manifest = box.manifest(),
                          .sender = call.from.value_or(EthereumAddress{}),
                          .gas_limit = 0,
                          .place = {}},
                         types, access.touched);
}

Answered<Json> trace_call(Context& context, const EthereumCall& call, const std::vector<std::string>& names,
                          const Omittable<EthereumBlock>& block, const Omittable<StateOverrides>& state,
                          const Omittable<BlockOverrides>& seen) {
    if (auto wrong = fault_of(context, call)) return std::move(*wrong);
    STRATA_TRY(const auto types, types_of(names));
    STRATA_TRY(const auto base, tipset_of(context, block.value.value_or(EthereumBlock::tagged("latest"))));
    const Changes changes{state.value.value_or(StateOverrides()), seen.value.value_or(BlockOverrides())};
    return in_sandbox<Json>(context, base, [&](chain::Sandbox& box) -> Answered<Json> {
        STRATA_TRY(const auto executor, open_changed(box, *base, changes));
        return run_and_print(box, *executor, call, types);
    });
}

/// A call with its own trace types: [call, types].
struct CallToTrace {
    EthereumCall call;
    std::vector<std::string> types;
};
Status read(const Json& from, CallToTrace& to) {
    if (!from.is_array() || from.size() != 2)
        return fail(Errc::malformed, "a call to trace is not a list of two items, the transaction and the trace types");
    STRATA_OK(read(from[0], to.call));
    return api::read(from[1], to.types);
}

/// Runs calls one after another, each on the state that the ones before it left.
Answered<Text> trace_call_many(Context& context, const std::vector<CallToTrace>& calls,
                               const Omittable<EthereumBlock>& block) {
    if (calls.size() > kMaxCalls)
        return Fault(Code::limit_exceeded, "there are " + std::to_string(calls.size()) + " calls, expected at most " +
                                               std::to_string(kMaxCalls));
    for (const auto& one : calls)
        if (auto wrong = fault_of(context, one.call)) return std::move(*wrong);
    STRATA_TRY(const auto base, tipset_of(context, block.value.value_or(EthereumBlock::tagged("latest"))));
    return in_sandbox<Text>(context, base, [&](chain::Sandbox& box) -> Answered<Text> {
        STRATA_TRY(const auto executor, open_changed(box, *base, {}));
        auto out = context.list();
        for (const auto& one : calls) {
            STRATA_OK(context.check_may_continue());
            STRATA_TRY(const auto types, types_of(one.types));
            STRATA_TRY(const Json result, run_and_print(box, *executor, one.call, types));
            STRATA_OK(out.add(result));
        }
        return std::move(out).finish();
    });
}

/// Traces one message of a tipset.
class OneMessage final : public chain::TipsetWatcher {
  public:
    OneMessage(Context& context, Cid wanted, const TraceTypes& types)
        : context_(context), wanted_(std::move(wanted)), types_(types) {}

    Status before(vm::Executor& executor, const Message&, const Cid& cid) override {
        STRATA_OK(context_.check_may_continue());
        if (cid != wanted_) return {};
        STRATA_TRY(before_, executor.flush());
        executor.set_watcher(&access_);
        return {};
    }
    Status after(vm::Executor& executor, const Message& message, const Cid& cid, const vm::Applied& applied) override {
        if (cid != wanted_) return {};
        executor.set_watcher(nullptr);
        STRATA_TRY(const Cid after, executor.flush());
        STRATA_TRY(const auto manifest, vm::Manifest::of_state(executor.tree()));
        STRATA_TRY(const auto sender, ethereum_address_in(executor.tree(), message.from));
        STRATA_TRY(result_, print_results({.applied = applied,
                                           .blocks = executor.tree().store(),
                                           .before = before_,
                                           .after = after,
                                           .manifest = manifest,
                                           .sender = sender,
                                           .gas_limit = 0,
                                           .place = {}},
                                          types_, access_.touched));
        return {};
    }
    bool is_done() const override { return result_.has_value(); }
    std::optional<Json> take() { return std::move(result_); }

  private:
    Context& context_;
    const Cid wanted_;
    const TraceTypes types_;
    AccessWatcher access_;
    Cid before_;
    std::optional<Json> result_;
};

Answered<Json> trace_replay_transaction(Context& context, const HexHash& asked, const std::vector<std::string>& names) {
    const Hash256& hash = asked.value;
    STRATA_TRY(const auto types, types_of(names));
    STRATA_TRY(const auto found, executed_transaction(context, hash));
    OneMessage watcher(context, found.message, types);
    STRATA_OK(context.chain.watch(*found.tipset, watcher));
    auto out = watcher.take();
    if (!out) return fail(Errc::not_found, "the transaction is in a block, but was not executed");
    (*out)["transactionHash"] = hex_text(hash);
    return std::move(*out);
}

}  // namespace

void add_ethereum_trace_methods(MethodTable& table) {
    table.add("EthTraceBlock", trace_block, Cost::slow);
    table.add("EthTraceReplayBlockTransactions", trace_replay_block, Cost::slow);
    table.add("EthTraceTransaction", trace_transaction, Cost::slow);
    table.add("EthTraceFilter", trace_filter, Cost::slow);
    table.add("EthTraceCall", trace_call, Cost::slow);
    table.add("EthTraceCallMany", trace_call_many, Cost::slow);
    table.add("EthTraceReplayTransaction", trace_replay_transaction, Cost::slow);
    table.alias("trace_block", "EthTraceBlock");
    table.alias("trace_replayBlockTransactions", "EthTraceReplayBlockTransactions");
    table.alias("trace_transaction", "EthTraceTransaction");
    table.alias("trace_filter", "EthTraceFilter");
    table.alias("trace_call", "EthTraceCall");
    table.alias("trace_callMany", "EthTraceCallMany");
    table.alias("trace_replayTransaction", "EthTraceReplayTransaction");
}

}  // namespace strata::api
