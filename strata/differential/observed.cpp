#include <strata/differential/observed.hpp>

#include <strata/base/hex.hpp>
#include <strata/vm/machine.hpp>
#include <strata/vm/trace.hpp>

namespace strata::differential {
namespace {

// Codes of calls that ended without an exit code; they are above all codes that actors use.
constexpr std::uint32_t kNoExit = 0xffff'ffff;
// Marks among the charges of a message.
constexpr std::string_view kCodeBegins = "the code of a call begins";
constexpr std::string_view kCodeEnds = "the code of a call ends";

Bytes block_of(vm::Kernel& kernel, vm::BlockId id) {
    const auto stat = id == vm::kNoBlock ? vm::Syscall<vm::BlockStat>(vm::BlockStat{}) : kernel.block_stat(id);
    Bytes out(stat ? stat->size : 0);
    if (!out.empty() && !kernel.block_read(id, 0, out)) out.clear();
    return out;
}

std::string end_of(vm::Kernel& kernel, const vm::Syscall<vm::ActorExit>& exit) {
    if (!exit) return "ended by the VM";
    std::string out = "exit code " + std::to_string(std::to_underlying(exit->code));
    if (exit->data != vm::kNoBlock) out += ", returned " + to_hex(block_of(kernel, exit->data));
    return out;
}

}  // namespace

class ObservedTable::Code final : public vm::ActorCode {
  public:
    Code(ObservedTable& table, const vm::ActorCode& code, vm::ActorType type)
        : table_(table), code_(code), type_(type) {}
    vm::Syscall<vm::ActorExit> invoke(vm::Kernel& kernel, vm::BlockId params) const override {
        return table_.invoke(code_, type_, kernel, params);
    }

  private:
    ObservedTable& table_;
    const vm::ActorCode& code_;
    vm::ActorType type_;
};

ObservedTable::ObservedTable(const vm::ActorTable& table) : table_(table) {}
ObservedTable::~ObservedTable() = default;

const vm::ActorCode* ObservedTable::find(const Cid& code, vm::ActorType type) const {
    const auto* found = table_.find(code, type);
    if (found == nullptr) return nullptr;
    auto& slot = codes_[found];
    // The interface of a table is const because a table has no state that a message could change. The counts here are
    // not part of any result.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    if (!slot) slot = std::make_unique<Code>(const_cast<ObservedTable&>(*this), *found, type);
    return slot.get();
}

void ObservedTable::begin_message() {
    depth_ = 0;
    codec_.reset();
}

vm::Syscall<vm::ActorExit> ObservedTable::invoke(const vm::ActorCode& code, vm::ActorType type, vm::Kernel& kernel,
                                                 vm::BlockId params) {
    const auto message = kernel.message();
    std::size_t at = 0;
    if (trace_ != nullptr) {
        at = trace_->size();
        trace_->push_back({depth_,
                           message.caller,
                           message.receiver,
                           type,
                           message.method,
                           message.value_received,
                           block_of(kernel, params),
                           {},
                           {}});
    }
    const std::size_t call = record_ == nullptr ? 0 : record_->calls.size();
    if (record_ != nullptr) {
        record_->calls.push_back({{type, message.method}, kNoExit, 0, 0});
        kernel.gas_tracker().note(kCodeBegins);
    }
    ++depth_;
    auto exit = code.invoke(kernel, params);
    --depth_;
    const std::uint32_t code_of_exit = exit ? std::to_underlying(exit->code) : kNoExit;
    ++coverage_[{type, message.method}][code_of_exit];
    if (record_ != nullptr) {
        record_->calls[call].exit_code = code_of_exit;
        kernel.gas_tracker().note(kCodeEnds);
    }
    if (trace_ != nullptr) {
        (*trace_)[at].end = end_of(kernel, exit);
        (*trace_)[at].reason = exit ? exit->message : exit.error().message;
    }
    if (depth_ == 0 && exit && exit->data != vm::kNoBlock)
        if (const auto stat = kernel.block_stat(exit->data)) codec_ = stat->codec;
    return exit;
}

void place_charges(GasRecord& record, std::shared_ptr<const vm::MessageTrace> trace) {
    std::size_t next = 0;
    std::vector<std::size_t> open;
    for (const auto& charge : vm::charges_in_order(*trace)) {
        if (charge.name == kCodeBegins) {
            open.push_back(next++);
            record.calls[open.back()].begin = record.charges.size();
        } else if (charge.name == kCodeEnds) {
            record.calls[open.back()].end = record.charges.size();
            open.pop_back();
        } else {
            record.charges.push_back(charge);
        }
    }
    record.trace = std::move(trace);
}

std::string describe(const CallRecord& call, bool with_reason) {
    const auto name = vm::actor_type_name(call.type);
    std::string out = std::string(2 * call.depth, ' ') + "f0" + std::to_string(call.caller) + " -> f0" +
                      std::to_string(call.receiver) + " (" + std::string(name) + ") method " +
                      std::to_string(call.method);
    if (!call.value.is_zero()) out += ", value " + call.value.to_string();
    if (!call.params.empty()) out += ", params " + to_hex(call.params);
    out += ": " + call.end;
    return with_reason && !call.reason.empty() ? out + " (" + call.reason + ")" : out;
}

}  // namespace strata::differential
