#include <strata/api/json_trace.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/large_stack.hpp>
#include <strata/vm/trace.hpp>

namespace strata::api {
namespace {

// Lotus has no gas costs for implicit messages: their amounts are 0, and the message is null (chain/vm/fvm.go,
// buildApplyRet).
Json gas_cost(const Printer& print, const Message& message, const vm::Applied& applied, bool is_implicit) {
    const auto& s = applied.settlement;
    const TokenAmount total = is_implicit ? TokenAmount(0) : message.gas_fee_cap * BigInt(message.gas_limit) - s.refund;
    return {{"Message", is_implicit ? Json() : print(message.cid())},
            {"GasUsed", is_implicit ? "0" : std::to_string(applied.receipt.gas_used)},
            {"BaseFeeBurn", print(s.base_fee_burn)},
            {"OverEstimationBurn", print(s.over_estimation_burn)},
            {"MinerPenalty", print(s.penalty)},
            {"MinerTip", print(s.miner_tip)},
            {"Refund", print(s.refund)},
            {"TotalCost", print(total)}};
}

Json charge(const vm::GasCharge& charge) {
    return {{"Name", charge.name},
            {"tg", vm::whole_gas(vm::saturating_add(charge.compute, charge.other))},
            {"cg", vm::whole_gas(charge.compute)},
            {"sg", vm::whole_gas(charge.other)},
            {"tt", 0}};
}

Json access(const Printer& print, const vm::BlockAccess& block) {
    return {{"Op", block.stored ? "Put" : "Get"}, {"Cid", print(block.cid)}, {"Size", block.size}};
}

// Writes text instead of a tree of values, because a message may have millions of charges.
class TraceWriter {
  public:
    TraceWriter(const Printer& print, std::size_t limit) : print_(print), limit_(limit) {}

    // Lists are null if they are empty, as Go prints what was read from CBOR; members that Lotus leaves out are left
    // out.
    Status call(const vm::CallTrace& call) {
        Json head{{"Msg",
                   {{"From", print_.id(call.from)},
                    {"To", print_(call.to)},
                    {"Value", print_(call.value)},
                    {"Method", call.method},
                    {"Params", print_.bytes_or_null(call.params)},
                    {"ParamsCodec", call.params_codec},
                    {"GasLimit", call.gas_limit},
                    {"ReadOnly", call.read_only}}},
                  {"MsgRct",
                   {{"ExitCode", call.exit_code},
                    {"Return", print_.bytes_or_null(call.return_data)},
                    {"ReturnCodec", call.return_codec}}}};
        if (call.invoked) head["InvokedActor"] = {{"Id", call.invoked->id}, {"State", print_(call.invoked->state)}};
        if (!call.logs.empty()) head["Logs"] = call.logs;
        text_ += text_of(head);
        text_.pop_back();  // the bracket that closes the object
        STRATA_OK(list("GasCharges", call.charges, [&](const auto& one) { return value(charge(one)); }));
        STRATA_OK(list("Subcalls", call.subcalls, [&](const auto& one) { return this->call(one); }));
        if (!call.blocks.empty())
            STRATA_OK(list("IpldOps", call.blocks, [&](const auto& one) { return value(access(print_, one)); }));
        text_ += '}';
        return {};
    }
    std::string take() && { return std::move(text_); }

  private:
    Status value(const Json& json) {
        text_ += text_of(json);
        if (text_.size() <= limit_) return {};
        return fail(Errc::too_large, "the trace is longer than " + std::to_string(limit_) + " bytes");
    }
    template <class T>
    Status list(std::string_view name, const std::vector<T>& items, const auto& write) {
        text_.append(",\"").append(name).append("\":");
        if (items.empty()) text_ += "null";
        char separator = '[';
        for (const auto& item : items) {
            text_ += separator;
            separator = ',';
            STRATA_OK(write(item));
        }
        if (!items.empty()) text_ += ']';
        return {};
    }

    const Printer& print_;
    std::size_t limit_;
    std::string text_;
};

// A message that was refused before it ran made no call. Lotus prints one with empty fields for it.
Json no_trace(const Printer& print) {
    return {{"Msg",
             {{"From", print(Address())},
              {"To", print(Address())},
              {"Value", "0"},
              {"Method", 0},
              {"Params", nullptr},
              {"ParamsCodec", 0},
              {"GasLimit", 0},
              {"ReadOnly", false}}},
            {"MsgRct", {{"ExitCode", 0}, {"Return", nullptr}, {"ReturnCodec", 0}}},
            {"GasCharges", nullptr},
            {"Subcalls", nullptr}};
}

}  // namespace

Result<Text> invocation_result(const Printer& print, const Cid& cid, const Message& message, const vm::Applied& applied,
                               std::size_t limit, bool unpaid) {
    const bool is_implicit = unpaid || message.from == Address::id(kSystemId);
    std::string trace = text_of(no_trace(print));
    if (applied.trace) {
        if (applied.trace->is_cut)
            return fail(Errc::too_large, "the calls of the message carry more than " +
                                             std::to_string(vm::kMaxTracedBytes) + " bytes, which no trace keeps");
        // Calls lie up to 1,024 deep in one another.
        STRATA_TRY(trace, run_on_large_stack([&]() -> Result<std::string> {
                       TraceWriter writer(print, limit);
                       STRATA_OK(writer.call(applied.trace->root));
                       return std::move(writer).take();
                   }));
    }
    Text out{text_of({{"MsgCid", print(cid)},
                      {"Msg", print(message)},
                      {"MsgRct", print(applied.receipt)},
                      {"GasCost", gas_cost(print, message, applied, is_implicit)},
                      {"Error", applied.failure},
                      {"Duration", 0}})};
    out.json.pop_back();  // the bracket that closes the object
    out.json += ",\"ExecutionTrace\":" + trace + "}";
    return out;
}

}  // namespace strata::api
