#pragma once
// Traces what happens in a message: the tree of its calls with each gas charge, for people and tools, not consensus.
// Source: ref-fvm fvm/src/trace/mod.rs, fvm/src/call_manager/default.rs; filecoin-ffi rust/src/fvm/machine.rs
// (build_lotus_trace), which gives the events this form.
#include <memory>
#include <set>
#include <vector>

#include <strata/vm/call_manager.hpp>

namespace strata::vm {

struct InvokedActor {
    ActorId id = 0;
    ActorState state;  // as the call met it, before value moved
};

/// A block of state that an actor opened or stored.
struct BlockAccess {
    bool stored = false;
    Cid cid;
    std::uint64_t size = 0;
};

/// An event that a call emitted. It is here whether the call succeeded or not; a receipt has those of successful calls.
struct EventTrace {
    StampedEvent event;
    std::size_t calls_before = 0;  // how many subcalls of the emitting call came before it
};

struct CallTrace {
    ActorId from = 0;
    Address to;  // as the caller wrote it; undefined in a message that was refused before it ran
    TokenAmount value;
    MethodNumber method = 0;
    Bytes params;
    std::uint64_t params_codec = 0;  // 0 without parameters
    std::uint64_t gas_limit = 0;     // gas that the call may use
    bool read_only = false;
    std::uint32_t exit_code = 0;
    Bytes return_data;
    std::uint64_t return_codec = 0;       // 0 without return value
    std::optional<InvokedActor> invoked;  // empty if no actor was found
    std::vector<GasCharge> charges;       // of this call alone, in order
    std::vector<CallTrace> subcalls;
    std::vector<std::string> logs;
    std::vector<BlockAccess> blocks;
    std::vector<EventTrace> events;
    std::size_t charges_before = 0;  // how many charges of the caller came before this call
};

/// The most bytes of parameters, return values, events and log lines that one trace keeps.
inline constexpr std::size_t kMaxTracedBytes = std::size_t{64} << 20;

struct MessageTrace {
    CallTrace root;                            // begins with the charge for the message's inclusion
    bool is_cut = false;                       // bytes above kMaxTracedBytes were left out
    std::set<std::string, std::less<>> names;  // of charges that actors made; `charges` refer to them
};

/// Returns all charges of a trace in the order in which they were made.
std::vector<GasCharge> charges_in_order(const MessageTrace& trace);

/// Builds the trace of one message while it runs. Without a tracer nothing of this costs anything but a look at a
/// pointer.
class Tracer {
  public:
    /// `gas` must outlive the tracer; its charges go into the call that is open.
    explicit Tracer(GasTracker& gas);
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;
    ~Tracer() { gas_.trace_into(nullptr); }

    /// Tells that an address was looked up. The reference names the first look-up of an address in a message, which
    /// costs nothing, and forgets it if the call fails.
    void looked_up(const Address& address, bool found);
    /// Lets later look-ups of an address go unnamed.
    void know_address(const Address& address);
    /// Opens a call; the first one is the message itself.
    void enter(const CallRequest& request);
    void leave(const Syscall<CallResult>& result);
    void invoked(ActorId id, const ActorState& state) { open_.back().call->invoked = InvokedActor{id, state}; }
    void log(std::string_view text) {
        if (has_room(text.size())) open_.back().call->logs.emplace_back(text);
    }
    void emitted(const StampedEvent& event);
    void block(const BlockAccess& access) { open_.back().call->blocks.push_back(access); }
    /// Keeps the name of an actor's own charge as long as the trace.
    std::string_view keep_name(std::string_view name) { return *trace_->names.emplace(name).first; }
    std::shared_ptr<const MessageTrace> take() { return std::move(trace_); }

  private:
    bool has_room(std::size_t bytes);

    GasTracker& gas_;
    std::size_t room_ = kMaxTracedBytes;
    std::shared_ptr<MessageTrace> trace_ = std::make_shared<MessageTrace>();
    struct Open {
        CallTrace* call;
        std::size_t known;  // how many addresses were known before the call
    };
    std::vector<Open> open_;      // from the message to the innermost call
    std::vector<Address> known_;  // addresses that were looked up, in order
    std::set<Address> is_known_;
};

}  // namespace strata::vm
