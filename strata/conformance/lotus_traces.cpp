#include <strata/conformance/lotus_traces.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/actors/table.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/conformance/chain_source.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/recorded_proofs.hpp>
#include <strata/vm/trace.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

// How addresses of recorded networks begin.
constexpr char kPrefix = 't';
// The sender in the trace of a message that was refused before it ran.
constexpr const char* kNobody = "<empty>";

// Compares one message; the first difference ends it.
class Comparison {
  public:
    Comparison(bool with_gas, TraceCheck& count) : with_gas_(with_gas), count_(count) {}

    std::string message(const Json& expected, const chain::Executed& ours) {
        ++count_.messages;
        const auto& receipt = ours.applied.receipt;
        const bool is_explicit = ours.message.from != Address::id(kSystemId);
        same("cid", expected.at("cid"), ours.name().to_string());
        same("exit_code", expected.at("exit_code"), receipt.exit_code);
        // Native actors take the gas of explicit messages from the record.
        if (with_gas_ || is_explicit) same("gas_used", expected.at("gas_used"), receipt.gas_used);
        if (is_explicit) cost(expected.at("cost"), ours);
        const auto& call_expected = expected.at("trace");
        if (ours.applied.trace) {
            call(call_expected, ours.applied.trace->root, "trace");
        } else if (receipt.exit_code != 7 || receipt.gas_used == 0) {
            same("trace.from", call_expected.at("from"), kNobody);
        }
        return std::move(wrong_);
    }

  private:
    template <class T>
    void same(const std::string& what, const Json& expected, const T& ours) {
        const Json value = ours;
        if (wrong_.empty() && expected != value)
            wrong_ = fmt::format("{} is {}, expected {}", what, value.dump(), expected.dump());
    }
    static Json list_at(const Json& object, const char* key) {
        const auto at = object.find(key);
        return at == object.end() || at->is_null() ? Json::array() : *at;
    }

    void cost(const Json& expected, const chain::Executed& ours) {
        const auto& settled = ours.applied.settlement;
        same("cost.BaseFeeBurn", expected.at("BaseFeeBurn"), settled.base_fee_burn.to_string());
        same("cost.OverEstimationBurn", expected.at("OverEstimationBurn"), settled.over_estimation_burn.to_string());
        same("cost.MinerPenalty", expected.at("MinerPenalty"), settled.penalty.to_string());
        same("cost.MinerTip", expected.at("MinerTip"), settled.miner_tip.to_string());
        same("cost.Refund", expected.at("Refund"), settled.refund.to_string());
    }

    void call(const Json& expected, const vm::CallTrace& ours, const std::string& path) {
        ++count_.calls;
        same(path + ".from", expected.at("from"), Address::id(ours.from).to_string(kPrefix));
        same(path + ".to", expected.at("to"), ours.to.to_string(kPrefix));
        same(path + ".value", expected.at("value"), ours.value.to_string());
        same(path + ".method", expected.at("method"), ours.method);
        same(path + ".params", expected.at("params"), to_hex(ours.params));
        same(path + ".params_codec", expected.at("params_codec"), ours.params_codec);
        same(path + ".read_only", expected.at("read_only"), ours.read_only);
        same(path + ".exit_code", expected.at("exit_code"), ours.exit_code);
        same(path + ".return", expected.at("return"), to_hex(ours.return_data));
        same(path + ".return_codec", expected.at("return_codec"), ours.return_codec);
        actor(expected, ours, path);
        if (with_gas_) gas(expected, ours, path);
        const auto subcalls = list_at(expected, "subcalls");
        for (std::size_t i = 0; i < std::min(subcalls.size(), ours.subcalls.size()) && wrong_.empty(); ++i)
            call(subcalls[i], ours.subcalls[i], fmt::format("{}.subcalls[{}]", path, i));
        same(path + ": the number of subcalls", subcalls.size(), ours.subcalls.size());
    }

    void actor(const Json& expected, const vm::CallTrace& ours, const std::string& path) {
        const auto at = expected.find("actor");
        const bool is_there = at != expected.end() && !at->is_null();
        same(path + ": an actor was met", is_there, ours.invoked.has_value());
        if (!is_there || !ours.invoked) return;
        const auto& [id, state] = *ours.invoked;
        same(path + ".actor.id", at->at("id"), id);
        same(path + ".actor.code", at->at("code"), state.code.to_string());
        same(path + ".actor.head", at->at("head"), state.head.to_string());
        same(path + ".actor.nonce", at->at("nonce"), state.sequence);
        same(path + ".actor.balance", at->at("balance"), state.balance.to_string());
    }

    void gas(const Json& expected, const vm::CallTrace& ours, const std::string& path) {
        same(path + ".gas_limit", expected.at("gas_limit"), ours.gas_limit);
        const auto charges = list_at(expected, "gas");
        for (std::size_t i = 0; i < std::min(charges.size(), ours.charges.size()) && wrong_.empty(); ++i) {
            const auto& [name, compute, other] = ours.charges[i];
            ++count_.charges;
            same(fmt::format("{}.gas[{}]", path, i), charges[i],
                 Json::array({name, vm::whole_gas(compute), vm::whole_gas(other)}));
        }
        same(path + ": the number of charges", charges.size(), ours.charges.size());
    }

    bool with_gas_;
    TraceCheck& count_;
    std::string wrong_;
};

class Traces {
  public:
    Traces(ChainSource& source, const chain::Network& network, const vm::ActorTable& actors, bool with_gas)
        : source_(source), with_gas_(with_gas), states_(source.chain(), network, proofs_, actors) {
        for (std::size_t i = 0; i < source.tipsets().size(); ++i) by_epoch_[source.tipsets()[i]->height()] = i;
    }

    Status line(const Json& expected) {
        const auto at = by_epoch_.find(expected.at("epoch").get<ChainEpoch>());
        if (at == by_epoch_.end()) return fail(Errc::malformed, "the chain has no epoch " + expected["epoch"].dump());
        // The head has no child that names its receipts, so native actors have no gas for its messages.
        if (!with_gas_ && at->second + 1 == source_.tipsets().size()) return {};
        if (auto wrong = compare(expected, at->second); !wrong.empty())
            out_.errors.push_back(fmt::format("epoch {}: {}", at->first, wrong));
        ++out_.tipsets;
        return {};
    }
    TraceCheck take() { return std::move(out_); }

  private:
    std::string compare(const Json& expected, std::size_t index) {
        const auto& tipset = *source_.tipsets()[index];
        std::vector<Receipt> receipts;
        if (!with_gas_) {
            auto read = source_.chain().receipts(source_.tipsets()[index + 1]->parent_receipts());
            if (!read) return read.error().message();
            receipts = std::move(*read);
        }
        const auto done = states_.execute(tipset, with_gas_ ? nullptr : &receipts, chain::Trace::on);
        if (!done) return done.error().message();
        const auto ours = done->in_order();
        const auto& calls = expected.at("calls");
        if (calls.size() != ours.size())
            return fmt::format("{} messages were executed, expected {}", ours.size(), calls.size());
        for (std::size_t i = 0; i < ours.size(); ++i)
            if (auto wrong = Comparison(with_gas_, out_).message(calls[i], *ours[i]); !wrong.empty())
                return fmt::format("message {}: {}", i, wrong);
        const auto root = done->state.state_root.to_string();
        return expected.at("root") == root
                   ? ""
                   : fmt::format("the state root is {}, expected {}", root, expected.at("root").dump());
    }

    ChainSource& source_;
    bool with_gas_;
    RecordedProofs proofs_;
    chain::StateManager states_;
    std::map<ChainEpoch, std::size_t> by_epoch_;
    TraceCheck out_;
};

class LotusTraces final : public Suite {
  public:
    std::string_view name() const override { return "lotus traces"; }
    bool recognises(const VectorFile& file) const override { return file.name() == "traces.jsonl"; }
    void run(const VectorFile& file, Report& report) const override {
        const auto result = check_traces(file, nullptr);
        if (!result) return report.fail("traces", result.error().message());
        for (const auto& error : result->errors) report.fail("tipset", error);
        for (std::size_t i = result->errors.size(); i < result->tipsets; ++i)
            report.pass("tipset " + std::to_string(i));
    }
};

}  // namespace

Result<TraceCheck> check_traces(const VectorFile& traces, const vm::ActorTable* official) {
    const auto folder = traces.path().parent_path();
    ChainSource source;
    STRATA_OK(source.load(packed_or_plain(folder / "chain.car")));
    STRATA_TRY(const auto description, read_unpacked(folder / "network.json"));
    STRATA_TRY(const auto network, chain::parse_network(description));
    const auto natives = actors::native_actors();
    Traces check(source, network, official == nullptr ? *natives : *official, official != nullptr);
    std::string_view rest = traces.text();
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = Json::parse(rest.substr(0, end), nullptr, /*allow_exceptions=*/false);
        if (!line.is_object()) return fail(Errc::malformed, traces.name() + ": a line is not a JSON object");
        STRATA_OK(check.line(line));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return check.take();
}

const Suite& lotus_traces() {
    static const LotusTraces suite;
    return suite;
}

}  // namespace strata::conformance
