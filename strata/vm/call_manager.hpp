#pragma once
// Runs the call stack of one message: sends, rollback, actor creation, access charges, events. Source:
// docs/protocol/fvm.md §4.3 to §4.5; ref-fvm fvm/src/call_manager/. One thread, one message.
#include <strata/vm/block_registry.hpp>
#include <strata/vm/generation.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/vm/machine.hpp>
#include <strata/vm/memory_budget.hpp>
#include <strata/vm/price_list.hpp>

namespace strata::vm {

/// How a call ended for its caller: an exit code and, possibly, a returned block.
struct CallResult {
    ExitCode exit_code = ExitCode::ok;
    std::optional<Block> data;
    std::string message;  // for people
};

struct CallRequest {
    ActorId from = 0;
    Address to;
    MethodNumber method = 0;
    std::optional<Block> params;
    TokenAmount value;
    std::optional<Milligas> gas_limit;  // empty: all that remains
    bool read_only = false;
};

/// Returns the exit code that the failure of a call has on chain (docs/protocol/fvm.md §3.4). It is not `broken`
/// (checked).
ExitCode exit_code_of(const SyscallFailure& failure);

class DefaultKernel;
class Tracer;

class CallManager {
  public:
    /// The message that started the call stack, as far as calls can see it.
    struct Origin {
        ActorId id = 0;
        Address address;  // as written in the message
        Nonce nonce = 0;
        TokenAmount premium;
        std::optional<ActorId> receiver;  // empty: the message's address has no ID yet
    };
    /// `tracer` may be null; it sees all calls.
    CallManager(const MachineConfig& config, const Manifest& manifest, Doors doors, StateTree& tree, GasTracker& gas,
                Origin origin, Tracer* tracer = nullptr);

    /// Runs one send in a transaction of its own. It recurses once for each nested send, up to kMaxCallDepth, so it
    /// must run on a thread with a large stack (base/large_stack.hpp).
    Syscall<CallResult> call(CallRequest request);

    /// Returns the first `broken` failure of the message; empty if there was none. It is kept here as well as returned,
    /// so that no actor's code can lose it: a message that met it has no receipt.
    const std::optional<Error>& broken_by() const { return broken_by_; }

    // The functions below are for the kernel.
    const MachineConfig& config() const { return config_; }
    const PriceList& prices() const { return prices_; }
    Generation generation() const { return generation_; }
    const Manifest& manifest() const { return manifest_; }
    Doors& doors() { return doors_; }
    StateTree& tree() { return tree_; }
    GasTracker& gas() { return gas_; }
    MemoryBudget& memory() { return memory_; }
    const Origin& origin() const { return origin_; }
    Tracer* tracer() { return tracer_; }
    /// Returns the next f2 address. The counter that it depends on moves with create_actor; in generation 2, here.
    Syscall<Address> next_actor_address();
    Syscall<void> create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated);
    /// Returns the key address of an account, which a key address itself is. `is_paid`: reading its state is charged.
    /// Errors: not_found; illegal_argument if it is not an account. For generation 2.
    Syscall<Address> key_address(const Address& address, bool is_paid);
    /// Turns an error of the store or of the externs into a failure (vm/kernel.hpp), and remembers it if it is
    /// `broken`.
    SyscallFailure broken_or_fatal(Error error);
    SyscallFailure broken_or(ErrorNumber number, Error error);
    SyscallFailure broken(Error error);
    /// Returns the ID of an address.
    Syscall<std::optional<ActorId>> resolve(const Address& address);
    /// Reads an actor's record. The first read of a record in a message is charged.
    Syscall<std::optional<ActorState>> read_actor(ActorId id);
    /// Writes the actor's record, or deletes it if `state` is empty. The first write of a record in a message is
    /// charged.
    Syscall<void> write_actor(ActorId id, std::optional<ActorState> state);
    Syscall<void> transfer(ActorId from, ActorId to, const TokenAmount& value);
    void emit(StampedEvent event);
    std::vector<StampedEvent> take_events() { return std::move(events_); }
    unsigned depth() const { return depth_; }

  private:
    // The accesses that this message has already paid for (docs/protocol/fvm.md §4.3, state access tracking).
    enum class Access { read, updated };

    Syscall<CallResult> call_untraced(const CallRequest& request);
    Syscall<CallResult> call_unchecked(const CallRequest& request);
    Syscall<CallResult> call_resolved(const CallRequest& request, ActorId to, Tracer* tracer);
    Syscall<void> move_value(const CallRequest& request, ActorId to);
    Syscall<void> create_builtin_actor(ActorId id, const Cid& code);
    Syscall<CallResult> invoke(const CallRequest& request, ActorId to, const Cid& code);
    Syscall<CallResult> finish(const DefaultKernel& kernel, ActorExit exit);
    Syscall<ActorId> resolve_or_create(const CallRequest& request);
    Syscall<ActorId> create_from_send(const Address& address, ActorType type);
    Syscall<void> charge_read(ActorId id);
    Syscall<void> charge_update(ActorId id);
    void note_access(ActorId id, Access access);
    void undo_accesses(std::size_t down_to);
    void keep_broken(const SyscallFailure& failure);

    const MachineConfig& config_;
    const Generation generation_;
    const PriceList& prices_;
    const Manifest& manifest_;
    Doors doors_;
    StateTree& tree_;
    GasTracker& gas_;
    Origin origin_;
    Tracer* tracer_;
    MemoryBudget memory_;
    unsigned depth_ = 0;
    std::uint64_t created_ = 0;  // actors made, or asked for in generation 2, in this message; never rolled back
    std::map<ActorId, Access> accessed_;
    /// Holds what accessed_ said before each change, so that a call that fails can take its changes back.
    std::vector<std::pair<ActorId, std::optional<Access>>> access_undo_;
    std::vector<StampedEvent> events_;
    std::optional<Error> broken_by_;
};

}  // namespace strata::vm
