// Runs vectors/fvm-nv28: sequences of messages that the reference VM executed with the official actors. With the WASM
// actors everything must be equal, and the state root after each step too. Native actors cannot reproduce gas, so
// gas_used comes from the vector then.
#include <strata/conformance/sequences.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/table.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/unpack.hpp>
#include <strata/conformance/recorded_externs.hpp>
#include <strata/conformance/recorded_proofs.hpp>
#include <strata/conformance/watching_table.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/car.hpp>
#include <strata/vm/executor.hpp>
#include <strata/vm/trace.hpp>

namespace strata::conformance {
namespace {

// The name of the last charge before an actor's code runs.
constexpr std::string_view kInvocation = "OnMethodInvocation";
// The name of the charges that actors make themselves.

// A store in which the read with number `n`, counted from 0, fails. Written blocks are kept apart; reading them does
// not count.
class OneLostBlock final : public Blockstore {
  public:
    OneLostBlock(MemoryBlockstore& base, std::size_t n, Errc code) : base_(base), n_(n), code_(code) {}
    bool failed() const { return failed_; }
    Result<Bytes> get(const Cid& cid) override {
        if (written_.has(cid).value()) return written_.get(cid);
        STRATA_OK(look(cid));
        return base_.get(cid);
    }
    Result<bool> has(const Cid& cid) override {
        STRATA_OK(look(cid));
        return base_.has(cid);
    }
    Result<Cid> put(Codec codec, BytesView data) override { return written_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return written_.put_block(cid, data); }

  private:
    Status look(const Cid& cid) {
        if (reads_++ != n_) return {};
        failed_ = true;
        return fail(code_, "a failure was injected for " + cid.to_string());
    }
    MemoryBlockstore& base_;
    MemoryBlockstore written_;
    std::size_t n_;
    Errc code_;
    std::size_t reads_ = 0;
    bool failed_ = false;
};

class SequenceRun {
  public:
    SequenceRun(const Json& vector, Report& report, const SequenceOptions& options)
        : vector_(vector),
          report_(report),
          options_(options),
          externs_(vector.at("randomness")),
          natives_(actors::native_actors()),
          table_(*natives_) {}

    void run() {
        if (options_.wasm != nullptr) {
            const auto wasm = options_.wasm->actors(link_at(vector_.at("_meta").at("bundle")));
            if (!wasm) return report_.fail("bundle", wasm.error().message());
            wasm_ = *wasm;
        }
        const auto packed = from_base64(text_at(vector_, "car"));
        if (!packed) return report_.fail("car", "the CAR is not base64: " + packed.error().message());
        const auto car = unpack(std::string(as_text(*packed)));
        if (!car) return report_.fail("car", car.error().message());
        if (const auto loaded = load_car(as_bytes(*car), store_); !loaded)
            return report_.fail("car", loaded.error().message());
        root_ = link_at(vector_.at("preconditions").at("state_tree").at("root_cid"));
        std::size_t index = 0;
        for (const auto& step : vector_.at("apply_messages")) {
            const std::string name = std::to_string(index++) + " " + text_at(step, "label");
            if (!stopped_.empty()) {
                report_.skip(name, stopped_);
                continue;
            }
            const auto wrong = step.at("kind") == "cron" ? run_cron(step) : run_message(step);
            if (wrong) {
                report_.fail(name, *wrong);
                stopped_ = "an earlier step failed";
            } else if (!stopped_.empty()) {
                report_.skip(name, stopped_);
            } else {
                report_.pass(name);
            }
        }
    }

  private:
    using Wrong = std::optional<std::string>;
    using Clock = std::chrono::steady_clock;

    void note_time(StepTime time) {
        if (options_.times != nullptr) options_.times->push_back(std::move(time));
    }

    vm::MachineConfig config_at(const Json& step, ChainEpoch epoch) const {
        return {.network = {.epoch = epoch,
                            .timestamp = static_cast<std::uint64_t>(epoch) * 30,
                            .base_fee = amount_at(step, "basefee"),
                            .chain_id = vector_.at("preconditions").at("chain_id").get<std::uint64_t>(),
                            .network_version =
                                vector_.at("preconditions").at("variants").at(0).at("nv").get<std::uint32_t>()},
                .circulating_supply = amount_at(step, "circ_supply"),
                .enforce_gas = wasm_ != nullptr};
    }
    vm::Doors doors() {
        if (wasm_) return {externs_, proofs_, *wasm_};
        return {externs_, proofs_, table_};
    }

    // Returns true if code that is not native was called. The state after that is unknown, so the later steps cannot
    // run.
    bool met_missing_code() {
        stopped_ = table_.take_missing();
        return !stopped_.empty();
    }

    Wrong run_message(const Json& step) {
        const auto raw = from_base64(text_at(step, "bytes"));
        const auto message = raw ? from_cbor<Message>(*raw) : Result<Message>(Errc::malformed);
        if (!message) return "the message cannot be decoded: " + message.error().message();
        auto executor = vm::Executor::open(store_, root_, config_at(step, step.at("epoch")), doors());
        if (!executor) return "state: " + executor.error().message();
        const Cid before = root_;
        const auto& expect = step.at("expect");
        const bool is_explicit = step.at("kind") == "message";
        if (is_explicit && !wasm_)
            if (auto wrong = check_gas(step, *message)) return wrong;
        const auto kind = is_explicit ? vm::ApplyKind::explicit_message : vm::ApplyKind::implicit_message;
        const std::size_t length = is_explicit ? step.at("raw_length").get<std::size_t>() : 0;
        // Exit code 7 says that gas ran out, and the replay then drops the message's own effects. If no gas was used,
        // the message was refused before it ran.
        const vm::Recorded recorded{.gas_used = expect.at("gas_used").get<std::uint64_t>(),
                                    .out_of_gas = expect.at("exit_code") == 7 && expect.at("gas_used") != 0};
        const auto apply = [&](vm::Executor& on) {
            return wasm_ ? on.apply(*message, kind, length) : on.replay(*message, kind, length, recorded);
        };
        const bool traced = wasm_ && step.contains("trace");
        (*executor)->set_tracing(traced);
        const auto start = Clock::now();
        auto applied = apply(**executor);
        const auto took = Clock::now() - start;
        if (!applied) return "apply: " + applied.error().message();
        if (traced)
            if (auto wrong = compare_trace(step.at("trace"), charges_of(*applied)))
                return *wrong + failure_text(*applied);
        if (met_missing_code()) return std::nullopt;
        auto root = (*executor)->flush();
        if (!root) return "flush: " + root.error().message();
        if (auto wrong = compare(step, *applied, is_explicit)) return wrong;
        note_time({text_at(step, "label"), false, 1, took, applied->receipt.gas_used});
        root_ = *root;
        if (link_at(expect.at("state_root")) != root_)
            return "the state root is " + root_.to_string() + ", expected " +
                   link_at(expect.at("state_root")).to_string() + failure_text(*applied);
        return with_faults(
            [&](Blockstore& store) -> Result<Ended> {
                STRATA_TRY(const auto again,
                           vm::Executor::open(store, before, config_at(step, step.at("epoch")), doors()));
                STRATA_TRY(const auto faulty, apply(*again));
                STRATA_TRY(const Cid faulty_root, again->flush());
                return Ended{faulty.receipt, faulty_root};
            },
            {applied->receipt, root_});
    }

    struct Ended {
        Receipt receipt;
        Cid root;
        friend bool operator==(const Ended&, const Ended&) = default;
    };
    static std::string text_of(const Ended& ended) {
        return "exit code " + std::to_string(ended.receipt.exit_code) + ", gas " +
               std::to_string(ended.receipt.gas_used) + " and state root " + ended.root.to_string();
    }
    // Runs a step again with one failing read, for each read in turn until none fails or `faults_each` were tried. If
    // the read fails, the result must be the error of the read, otherwise `right`.
    template <class F>
    Wrong with_faults(F run, const Ended& right) {
        for (std::size_t n = 0; n < options_.faults_each; ++n) {
            const Errc code = n % 2 == 0 ? Errc::missing_block : Errc::io;
            OneLostBlock store(store_, n, code);
            const auto ended = run(store);
            const std::string where = " when read " + std::to_string(n) + " fails";
            if (!ended && ended.error().code() != code) return ended.error().message() + where;
            if (ended && *ended != right)
                return "the result is " + text_of(*ended) + where + ", expected " + text_of(right) +
                       " as without a failing read";
            if (ended && store.failed()) return "the failure is not reported" + where;
            if (!store.failed()) break;
        }
        return std::nullopt;
    }

    // Checks the gas that we count. If no actor's code runs, the gas must equal the reference's; if the vector has the
    // trace, so must each charge before that code runs.
    Wrong check_gas(const Json& step, const Message& message) {
        auto config = config_at(step, step.at("epoch"));
        config.enforce_gas = true;
        auto executor = vm::Executor::open(store_, root_, std::move(config), doors());
        if (!executor) return "state: " + executor.error().message();
        (*executor)->set_tracing(true);
        const auto applied = (*executor)->apply(message, vm::ApplyKind::explicit_message, step.at("raw_length"));
        if (!applied) return "apply: " + applied.error().message();
        table_.take_missing();  // run_message() asks for missing code after its own run
        const auto trace = charges_of(*applied);
        if (step.contains("trace"))
            if (auto wrong = compare_trace(step.at("trace"), trace)) return wrong;
        if (std::ranges::count(trace, kInvocation, &vm::GasCharge::name) != 0) return std::nullopt;
        if (step.at("expect").at("gas_used") != applied->receipt.gas_used)
            return "the gas used by our own count is " + std::to_string(applied->receipt.gas_used) + ", expected " +
                   step.at("expect").at("gas_used").dump() + failure_text(*applied);
        return std::nullopt;
    }

    // A message that was refused before it ran has no trace.
    static std::vector<vm::GasCharge> charges_of(const vm::Applied& applied) {
        return applied.trace ? vm::charges_in_order(*applied.trace) : std::vector<vm::GasCharge>();
    }

    // Compares the charges in order; with native actors, only up to the first call of code, since the reference counts
    // instructions after that. Charges of nothing are left out: the reference names actions that cost nothing.
    Wrong compare_trace(const Json& expected, std::vector<vm::GasCharge> trace) const {
        std::erase_if(trace, [](const auto& charge) { return charge.compute == 0 && charge.other == 0; });
        std::size_t at = 0;
        for (const auto& line : expected) {
            if (!line.is_array()) continue;  // calls, returns and blocks
            if (line.at(2) == 0 && line.at(3) == 0) continue;
            if (at == trace.size()) return "the trace ends before " + line.dump();
            const auto& [name, compute, other] = trace[at++];
            if (line.at(1) != name || line.at(2) != compute || line.at(3) != other)
                return "charge " + std::to_string(at - 1) + " is " + std::string(name) + " " + std::to_string(compute) +
                       " " + std::to_string(other) + ", expected " + line.dump();
            if (name == kInvocation && !wasm_) return std::nullopt;
        }
        return at == trace.size() ? std::nullopt
                                  : Wrong("the trace has " + std::to_string(trace.size()) + " charges, expected " +
                                          std::to_string(at));
    }

    static std::string failure_text(const vm::Applied& applied) {
        return applied.failure.empty() ? "" : " (" + applied.failure + ")";
    }

    // The last word of these steps' answers is the gas that is left, or the depth of calls for which the gas was
    // enough. Native actors cannot know it (docs/known_gaps.md). Everything before it is compared.
    static bool same_return(const Json& step, Bytes got) {
        constexpr std::size_t kWord = 32;
        const auto label = text_at(step, "label");
        auto expected = from_base64(text_at(step.at("expect"), "return"));
        if (!expected || expected->size() != got.size()) return false;
        if ((label.contains("context") || label.contains("by gas")) && got.size() > kWord) {
            got.resize(got.size() - kWord);
            expected->resize(got.size());
        }
        return got == *expected;
    }

    // Compares a receipt, its events, and for explicit messages the settlement of the gas.
    static Wrong compare(const Json& step, const vm::Applied& got, bool is_explicit) {
        const auto& expect = step.at("expect");
        const auto& receipt = got.receipt;
        if (expect.at("exit_code") != receipt.exit_code)
            return "the exit code is " + std::to_string(receipt.exit_code) + ", expected " +
                   expect.at("exit_code").dump() + failure_text(got);
        if (!same_return(step, receipt.return_data))
            return "the return value in base64 is " + to_base64(receipt.return_data) + ", expected " +
                   text_at(expect, "return");
        if (expect.at("gas_used") != receipt.gas_used)
            return "the gas used is " + std::to_string(receipt.gas_used) + ", expected " + expect.at("gas_used").dump();
        if (link_at(expect.at("events_root")) != receipt.events_root.value_or(Cid()))
            return "the events are " + events_text(got.events) + ", expected " + expect.value("events", Json()).dump();
        if (!is_explicit) return std::nullopt;
        const auto& s = got.settlement;
        const std::pair<const char*, BigInt> amounts[] = {
            {"penalty", s.penalty},
            {"miner_tip", s.miner_tip},
            {"refund", s.refund},
            {"base_fee_burn", s.base_fee_burn},
            {"over_estimation_burn", s.over_estimation_burn},
        };
        for (const auto& [key, amount] : amounts)
            if (amount_at(expect, key) != amount)
                return std::string(key) + " is " + amount.to_string() + ", expected " + text_at(expect, key) +
                       failure_text(got);
        if (expect.at("gas_refund") != s.gas_refund || expect.at("gas_burned") != s.gas_burned)
            return "the gas refund is " + std::to_string(s.gas_refund) + " and the burn " +
                   std::to_string(s.gas_burned) + ", expected " + expect.at("gas_refund").dump() + " and " +
                   expect.at("gas_burned").dump();
        return std::nullopt;
    }

    static std::string events_text(const std::vector<vm::StampedEvent>& events) {
        std::string out;
        for (const auto& event : events) {
            out += "[" + std::to_string(event.emitter);
            for (const auto& entry : event.entries)
                out += " " + std::to_string(entry.flags) + ":" + entry.key + "=" + to_hex(entry.value);
            out += "] ";
        }
        return out;
    }

    // Runs cron for each epoch of the step; the vector records the events of each epoch and the last state root.
    Wrong run_cron(const Json& step) {
        const ChainEpoch last = step.at("last_epoch");
        const auto& gas_of_epochs = step.at("expect").at("gas_used");
        std::map<ChainEpoch, Cid> events;
        StepTime time{text_at(step, "label"), true, 0, {}, 0};
        for (ChainEpoch epoch = step.at("epoch"); epoch <= last; ++epoch) {
            auto executor = vm::Executor::open(store_, root_, config_at(step, epoch), doors());
            if (!executor) return "state: " + executor.error().message();
            const auto start = Clock::now();
            auto applied = (*executor)->apply(vm::cron_message(epoch), vm::ApplyKind::implicit_message, 0);
            time.took += Clock::now() - start;
            if (!applied) return "cron: " + applied.error().message();
            if (met_missing_code()) return std::nullopt;
            if (applied->receipt.exit_code != 0)
                return "the exit code of cron is " + std::to_string(applied->receipt.exit_code) + ", expected 0" +
                       failure_text(*applied);
            if (const auto at = static_cast<std::size_t>(epoch - step.at("epoch").get<ChainEpoch>());
                wasm_ && gas_of_epochs.at(at) != applied->receipt.gas_used)
                return "the gas used by cron in epoch " + std::to_string(epoch) + " is " +
                       std::to_string(applied->receipt.gas_used) + ", expected " + gas_of_epochs.at(at).dump();
            time.gas_used += applied->receipt.gas_used;
            ++time.runs;
            if (applied->receipt.events_root) events[epoch] = *applied->receipt.events_root;
            auto root = (*executor)->flush();
            if (!root) return "flush: " + root.error().message();
            const Cid before = std::exchange(root_, *root);
            const auto wrong = with_faults(
                [&](Blockstore& store) -> Result<Ended> {
                    STRATA_TRY(const auto again, vm::Executor::open(store, before, config_at(step, epoch), doors()));
                    STRATA_TRY(const auto faulty,
                               again->apply(vm::cron_message(epoch), vm::ApplyKind::implicit_message, 0));
                    STRATA_TRY(const Cid faulty_root, again->flush());
                    return Ended{faulty.receipt, faulty_root};
                },
                {applied->receipt, root_});
            if (wrong) return wrong;
        }
        note_time(std::move(time));
        const auto& expect = step.at("expect");
        std::map<ChainEpoch, Cid> expected;
        for (const auto& row : expect.at("events_roots")) expected[row.at(0).get<ChainEpoch>()] = link_at(row.at(1));
        if (events != expected) return "the events of cron differ from the recorded ones";
        if (link_at(expect.at("state_root")) != root_)
            return "the state root after epoch " + std::to_string(last) + " is " + root_.to_string() + ", expected " +
                   link_at(expect.at("state_root")).to_string();
        return std::nullopt;
    }

    const Json& vector_;
    Report& report_;
    SequenceOptions options_;
    RecordedExterns externs_;
    RecordedProofs proofs_;
    std::unique_ptr<vm::ActorTable> natives_;
    WatchingTable table_;
    std::shared_ptr<const vm::ActorTable> wasm_;  // null: native actors
    MemoryBlockstore store_;
    Cid root_;
    std::string stopped_;  // the reason why the later steps cannot run; empty if they can
};

class Sequences final : public Suite {
  public:
    std::string_view name() const override { return "fvm sequences"; }
    bool recognises(const VectorFile& file) const override {
        const auto head = std::string_view(file.text()).substr(0, 200);
        return head.contains("\"class\"") && head.contains("\"sequence\"");
    }
    void run(const VectorFile& file, Report& report) const override { run_sequence(file, report); }
};

}  // namespace

void run_sequence(const VectorFile& file, Report& report, const SequenceOptions& options) {
    const Json vector = parse_json(file);
    if (!vector.is_object() || !vector.contains("apply_messages"))
        return report.fail("file", "the file has no apply_messages");
    SequenceRun(vector, report, options).run();
}

const Suite& sequences() {
    static const Sequences suite;
    return suite;
}

}  // namespace strata::conformance
