// Answers the methods debug_trace*: messages under one of go-ethereum's tracers. Lotus has none of them. Source:
// go-ethereum eth/tracers/api.go; forest src/rpc/methods/eth.rs (debug_traceTransaction) for native messages.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_overrides.hpp>
#include <strata/api/ethereum_replay.hpp>
#include <strata/api/ethereum_tracer.hpp>
#include <strata/api/ethereum_transaction.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

/// The options of debug_traceCall: those of a tracer, and what is to be different from the chain.
struct CallOptions {
    TracerChoice tracer;
    Changes changes;
};
Status read(const Json& from, CallOptions& to) {
    STRATA_OK(read(from, to.tracer));
    STRATA_OK(read_member(from, "stateOverrides", to.changes.state));
    return read_member(from, "blockOverrides", to.changes.block);
}

Answered<Text> trace_call(Context& context, const EthereumCall& call, const Omittable<EthereumBlock>& block,
                          const Omittable<CallOptions>& given) {
    if (auto wrong = fault_of(context, call)) return std::move(*wrong);
    const CallOptions options = given.value.value_or(CallOptions());
    STRATA_TRY(Message message, message_of(call));
    if (call.gas && *call.gas != 0 && *call.gas < static_cast<std::uint64_t>(message.gas_limit))
        message.gas_limit = static_cast<std::int64_t>(*call.gas);
    STRATA_TRY(const auto base, tipset_of(context, block.value.value_or(EthereumBlock::tagged("latest"))));
    return in_sandbox<Text>(context, base, [&](chain::Sandbox& box) -> Answered<Text> {
        STRATA_TRY(const auto executor, open_changed(box, *base, options.changes));
        STRATA_OK(prepare_sender(box, *executor, message));
        MessageTracer tracer(options.tracer, context.limits.answer_bytes);
        Cid before, after;
        if (tracer.needs_states()) {
            STRATA_TRY(before, executor->flush());
        }
        executor->set_watcher(tracer.watcher());
        STRATA_TRY(const auto applied, run_message(*executor, message));
        if (tracer.needs_states()) {
            STRATA_TRY(after, executor->flush());
        }
        STRATA_TRY(auto out, tracer.result({.applied = applied,
                                            .blocks = box.blocks(),
                                            .before = before,
                                            .after = after,
                                            .manifest = box.manifest(),
                                            .sender = call.from.value_or(EthereumAddress{}),
                                            .gas_limit = static_cast<std::uint64_t>(message.gas_limit),
                                            .place = {}}));
        return out;
    });
}

/// Traces all messages of a tipset, or one of them.
class TipsetTracer final : public chain::TipsetWatcher {
  public:
    TipsetTracer(Context& context, const chain::TipsetPtr& tipset, TracerChoice choice, std::map<Cid, Hash256> hashes,
                 std::optional<Cid> only)
        : context_(context),
          block_(block_hash(tipset->key())),
          number_(tipset->height()),
          choice_(std::move(choice)),
          hashes_(std::move(hashes)),
          only_(std::move(only)) {}

    Status before(vm::Executor& executor, const Message&, const Cid& cid) override {
        STRATA_OK(context_.check_may_continue());
        if (only_ && *only_ != cid) return {};
        tracer_.emplace(choice_, context_.limits.answer_bytes - std::min(context_.limits.answer_bytes, bytes_));
        if (tracer_->needs_states()) {
            STRATA_TRY(before_, executor.flush());
        }
        executor.set_watcher(tracer_->watcher());
        return {};
    }
    Status after(vm::Executor& executor, const Message& message, const Cid& cid, const vm::Applied& applied) override {
        const std::size_t index = index_++;
        if (!tracer_) return {};
        executor.set_watcher(nullptr);
        Cid after;
        if (tracer_->needs_states()) {
            STRATA_TRY(after, executor.flush());
        }
        STRATA_TRY(const auto manifest, vm::Manifest::of_state(executor.tree()));
        STRATA_TRY(const auto sender, ethereum_address_in(executor.tree(), message.from));
        const auto hash = hashes_.find(cid);
        if (hash == hashes_.end())
            return fail(Errc::internal, "cannot find transaction hash for cid " + cid.to_string());
        STRATA_TRY(auto text, tracer_->result({.applied = applied,
                                               .blocks = executor.tree().store(),
                                               .before = before_,
                                               .after = after,
                                               .manifest = manifest,
                                               .sender = sender,
                                               .gas_limit = static_cast<std::uint64_t>(message.gas_limit),
                                               .place = TracedPlace{block_, number_, hash->second, index}}));
        tracer_.reset();
        bytes_ += text.json.size();
        if (bytes_ > context_.limits.answer_bytes)
            return fail(Errc::too_large, "the traces of the block are longer than " +
                                             std::to_string(context_.limits.answer_bytes) +
                                             " bytes: trace its transactions one by one");
        results_.push_back({hash->second, std::move(text)});
        return {};
    }
    bool is_done() const override { return only_ && !results_.empty(); }

    struct Result {
        Hash256 hash{};
        Text text;
    };
    std::vector<Result> take() && { return std::move(results_); }

  private:
    Context& context_;
    const Hash256 block_;
    const ChainEpoch number_;
    const TracerChoice choice_;
    const std::map<Cid, Hash256> hashes_;
    const std::optional<Cid> only_;
    std::optional<MessageTracer> tracer_;  // of the message that runs now
    Cid before_;
    std::size_t index_ = 0;
    std::size_t bytes_ = 0;
    std::vector<Result> results_;
};

Fault not_traceable(const std::string& why) {
    return {Code::server_error, why};
}

Answered<Text> trace_transaction(Context& context, const HexHash& asked, const Omittable<TracerChoice>& given) {
    const Hash256& hash = asked.value;
    STRATA_TRY(const auto found, find_transaction(context, hash));
    if (!found) return not_traceable("transaction not found");
    STRATA_TRY(auto hashes, transaction_hashes(context, *found->tipset));
    TipsetTracer tracer(context, found->tipset, given.value.value_or(TracerChoice()), std::move(hashes),
                        found->message);
    STRATA_OK(context.chain.watch(*found->tipset, tracer));
    auto results = std::move(tracer).take();
    if (results.empty()) return not_traceable("the transaction is in a block, but was not executed");
    return std::move(results.front().text);
}

Answered<Text> trace_block(Context& context, const EthereumBlock& block, const Omittable<TracerChoice>& given) {
    STRATA_TRY(const auto at, block_of(context, block));
    if (at.null_round) return Text{"[]"};
    const auto& tipset = at.tipset;
    if (tipset->height() == 0) return not_traceable("genesis is not traceable");
    STRATA_TRY(auto hashes, transaction_hashes(context, *tipset));
    TipsetTracer tracer(context, tipset, given.value.value_or(TracerChoice()), std::move(hashes), {});
    STRATA_OK(context.chain.watch(*tipset, tracer));
    Text out{"["};
    for (const auto& [hash, text] : std::move(tracer).take()) {
        if (out.json.size() > 1) out.json += ',';
        out.json += "{\"txHash\":\"" + hex_text(hash) + "\",\"result\":" + text.json + "}";
    }
    out.json += ']';
    return out;
}

}  // namespace

void add_ethereum_debug_methods(MethodTable& table) {
    table.add("EthDebugTraceCall", trace_call, Cost::slow);
    table.add("EthDebugTraceTransaction", trace_transaction, Cost::slow);
    table.add("EthDebugTraceBlock", trace_block, Cost::slow);
    table.alias("debug_traceCall", "EthDebugTraceCall");
    table.alias("debug_traceTransaction", "EthDebugTraceTransaction");
    table.alias("debug_traceBlockByNumber", "EthDebugTraceBlock");
    table.alias("debug_traceBlockByHash", "EthDebugTraceBlock");
}

}  // namespace strata::api
