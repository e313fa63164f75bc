#pragma once
// Watches the calls of actors from outside: which methods ran and how they ended, and what the outermost call returned.
#include <map>
#include <memory>

#include <strata/vm/gas.hpp>

namespace strata::vm {
struct MessageTrace;  // vm/trace.hpp
}

namespace strata::differential {

/// How often the calls of a method ended with a code. Calls between actors count too.
using ExitCounts = std::map<std::uint32_t, std::uint64_t>;
struct MethodOf {
    vm::ActorType type{};
    MethodNumber method = 0;
    friend auto operator<=>(const MethodOf&, const MethodOf&) = default;
};
using Coverage = std::map<MethodOf, ExitCounts>;

/// One call of an actor, for a person who looks for the cause of a difference.
struct CallRecord {
    unsigned depth = 0;
    ActorId caller = 0;
    ActorId receiver = 0;
    vm::ActorType type{};
    MethodNumber method = 0;
    TokenAmount value;
    Bytes params;
    std::string end;     // exit code and return value
    std::string reason;  // for people; the two sides have different sentences
};
/// Returns one line for people; without the reason, lines of two sides can be compared.
std::string describe(const CallRecord& call, bool with_reason);

/// One call and its place among the gas charges of a message: it made those from `begin` to `end`, and so did the calls
/// that it made.
struct ChargedCall {
    MethodOf method;
    std::uint32_t exit_code = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};
/// The charges of a message, and its calls in the order in which they began.
struct GasRecord {
    std::vector<vm::GasCharge> charges;
    std::vector<ChargedCall> calls;
    std::shared_ptr<const vm::MessageTrace> trace;  // the names of charges refer to it
};
/// Fills in the charges of a message and the places of its calls, which ObservedTable marked in its trace.
void place_charges(GasRecord& record, std::shared_ptr<const vm::MessageTrace> trace);

/// Passes every call on to the code of `table`, which must outlive the object. One message at a time.
class ObservedTable final : public vm::ActorTable {
  public:
    explicit ObservedTable(const vm::ActorTable& table);
    ~ObservedTable() override;
    ObservedTable(const ObservedTable&) = delete;
    ObservedTable& operator=(const ObservedTable&) = delete;
    bool knows(const Cid& code, vm::ActorType type) const override { return table_.knows(code, type); }
    const vm::ActorCode* find(const Cid& code, vm::ActorType type) const override;

    /// Forgets what is known of the message before.
    void begin_message();
    /// The codec of the value that the outermost call returned; empty if it returned none.
    std::optional<Codec> return_codec() const { return codec_; }
    const Coverage& coverage() const { return coverage_; }
    /// Appends every later call to `trace`, at its end; nullptr stops that. It makes the calls a little dearer in gas.
    void trace_into(std::vector<CallRecord>* trace) { trace_ = trace; }
    /// Appends every later call to `record->calls`, and marks among the charges of the gas tracker where its code
    /// begins and ends; nullptr stops that. See place_charges().
    void record_into(GasRecord* record) { record_ = record; }

  private:
    class Code;
    vm::Syscall<vm::ActorExit> invoke(const vm::ActorCode& code, vm::ActorType type, vm::Kernel& kernel,
                                      vm::BlockId params);

    const vm::ActorTable& table_;
    mutable std::map<const vm::ActorCode*, std::unique_ptr<Code>> codes_;
    unsigned depth_ = 0;
    std::optional<Codec> codec_;
    Coverage coverage_;
    std::vector<CallRecord>* trace_ = nullptr;
    GasRecord* record_ = nullptr;
};

}  // namespace strata::differential
