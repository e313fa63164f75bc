#pragma once
// What an actor sees of the VM: the kernel, with the rules that all built-in actors share (fvm.md §8.1; builtin-actors
// runtime/src). One Runtime serves one invocation.
#include <initializer_list>

#include <strata/actors/abort.hpp>
#include <strata/actors/policy.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::actors {

/// What a send brought back. `error` is set where the send itself failed (a syscall error, not an exit code).
struct Reply {
    ExitCode code = ExitCode::ok;
    std::optional<vm::ErrorNumber> error;
    std::optional<Bytes> data;  // content of the returned block
    Codec codec{};
    bool ok() const { return !error && code == ExitCode::ok; }
};

/// The code with which an actor ends that fails because its send ended with `code`: some belong to the system alone
/// (builtin-actors runtime/src/actor_error.rs).
ExitCode code_to_pass_on(ExitCode code);

struct SendOptions {
    std::optional<std::uint64_t> gas_limit;
    bool read_only = false;
};

class Runtime {
  public:
    Runtime(vm::Kernel& kernel, const Policy& policy);
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;
    ~Runtime();

    vm::Kernel& kernel() { return kernel_; }
    const Policy& policy() const { return policy_; }
    ActorId caller() const { return kernel_.message().caller; }
    ActorId receiver() const { return kernel_.message().receiver; }
    ActorId origin() const { return kernel_.message().origin; }
    const TokenAmount& value_received() const { return kernel_.message().value_received; }
    ChainEpoch epoch() const { return kernel_.network().epoch; }
    const TokenAmount& base_fee() const { return kernel_.network().base_fee; }
    ActorResult<TokenAmount> balance();
    ActorResult<TokenAmount> circulating_supply();

    // Each method validates its caller exactly once: a second time, or returning without, is exit 24.
    Done accept_any();
    Done require_caller(std::initializer_list<ActorId> ids);
    Done require_caller(std::span<const Address> addresses);  // resolved; unresolvable ones never match
    Done require_caller_type(std::initializer_list<ActorType> types);
    /// For dispatch: was the caller validated?
    bool caller_validated() const { return caller_validated_; }

    /// Nothing if the address has no actor ID.
    ActorResult<std::optional<ActorId>> resolve(const Address& address);
    /// Resolves; creates the account or placeholder by sending zero value to it where it does not exist
    /// (builtin-actors runtime/src/util: resolve_to_actor_id). Fails with not_found / illegal_argument as there.
    ActorResult<ActorId> resolve_or_create(const Address& address, bool check_existence = true);
    /// ActorType::none for an actor that is not built in; nothing if there is no such actor.
    ActorResult<std::optional<ActorType>> type_of(ActorId id);
    ActorResult<std::optional<Cid>> code_of(ActorId id);
    ActorResult<Address> next_actor_address();
    ActorResult<Cid> code_for(ActorType type);
    Done create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated);
    Done delete_actor();

    /// State of this actor, as the tuple S. Failure to decode: illegal_state.
    template <class S>
    ActorResult<S> state() {
        STRATA_TRY(const Cid root, state_root());
        STRATA_TRY(auto value, check(get_cbor<S>(store(), root), ExitCode::illegal_state, "state"));
        return value;
    }
    template <class S>
    Done set_state(const S& value) {
        STRATA_TRY(const Cid root, check(put_cbor(store(), value), ExitCode::illegal_state, "state"));
        return set_state_root(root);
    }
    ActorResult<Cid> state_root();
    Done set_state_root(const Cid& root);

    /// Blocks through the kernel: gas and reachability apply. A failure of the kernel behind it (out of gas, fatal) is
    /// kept and comes out of the next check() or abort_for().
    Blockstore& store();

    /// Turns an Error of an ipld structure into an Abort of this code; a kept kernel failure goes first.
    Abort abort_for(const Error& error, ExitCode code, std::string_view what);
    template <class T>
    ActorResult<T> check(Result<T> result, ExitCode code, std::string_view what) {
        if (!result) return abort_for(result.error(), code, what);
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return std::move(*result);
        }
    }

    /// Never fails for an exit code or syscall error: those are in the Reply. Out of gas and fatal unwind.
    ActorResult<Reply> send(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                            const TokenAmount& value, const SendOptions& options = {});
    /// Sends and demands success: a failed send aborts as builtin-actors' extract_send_result does.
    ActorResult<std::optional<Bytes>> call(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                                           const TokenAmount& value, const SendOptions& options = {});

    /// call(), then its answer as T: without one exit 24, undecodable 21.
    template <class T>
    ActorResult<T> ask(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                       const TokenAmount& value = 0, const SendOptions& options = {}) {
        STRATA_TRY(const auto reply, call(to, method, params, value, options));
        if (!reply) return abort(ExitCode::assertion_failed, "an answer was expected");
        return check(from_cbor<T>(*reply), ExitCode::serialization, "answer");
    }

    /// Entries: `$type` first (indexed key and value), then as given. Values are CBOR.
    class Event {
      public:
        explicit Event(std::string_view type);
        template <class T>
        Event& field(std::string_view key, const T& value) {
            return add(key, strata::to_cbor(value), 1);
        }
        template <class T>
        Event& indexed(std::string_view key, const T& value) {
            return add(key, strata::to_cbor(value), 3);
        }
        const std::vector<vm::EventEntry>& entries() const { return entries_; }

      private:
        Event& add(std::string_view key, Bytes value, std::uint64_t flags);
        std::vector<vm::EventEntry> entries_;
    };
    Done emit(const Event& event);

    /// For each round of a loop whose length the message chose (bits of a bit field, entries of a list that reads no
    /// blocks): native code has no gas for instructions, and without a floor such a message would run for ever.
    Done charge_round();

    /// blake2b-256(tag i64 BE || digest || epoch i64 BE || entropy) of the chain's or beacon's digest at `epoch`.
    ActorResult<Hash256> chain_randomness(std::int64_t tag, ChainEpoch epoch, BytesView entropy);
    ActorResult<Hash256> beacon_randomness(std::int64_t tag, ChainEpoch epoch, BytesView entropy);
    ActorResult<Hash256> blake2b(BytesView data);

    /// Unwraps a syscall: error numbers become an Abort as builtin-actors maps them; out of gas and fatal unwind.
    template <class T>
    ActorResult<T> unwrap(vm::Syscall<T> result, ExitCode code, std::string_view what) {
        if (!result) return abort_for(result.error(), code, what);
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return std::move(*result);
        }
    }
    Abort abort_for(const vm::SyscallFailure& failure, ExitCode code, std::string_view what);

  private:
    class KernelStore;
    vm::Kernel& kernel_;
    const Policy& policy_;
    std::unique_ptr<KernelStore> store_;
    bool caller_validated_ = false;
};

}  // namespace strata::actors
