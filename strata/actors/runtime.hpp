#pragma once
// An actor sees the VM through this class: the kernel with the rules that all built-in actors share
// (docs/protocol/fvm.md §8.1; builtin-actors runtime/src). One Runtime serves one invocation.
#include <initializer_list>

#include <strata/actors/policy.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::actors {

using vm::ActorType;
using vm::ExitCode;

/// Parameters, a return value, or the data of an exit: a block before it has a handle.
struct Payload {
    Codec codec = Codec::cbor;
    Bytes data;
};

/// Decodes what an actor got in a message or an answer as a T that is the whole input.
template <class T>
Result<T> from_received_cbor(BytesView data) {
    return from_cbor<T>(data, CborRules::reference);
}

/// Decodes the content of a block as T. A raw block can only stand for a byte string. Source: ref-fvm
/// ipld/encoding/src/ipld_block.rs.
template <class T>
Result<T> decoded_block(Codec codec, BytesView data) {
    if (codec == Codec::cbor || codec == Codec::dag_cbor) return from_received_cbor<T>(data);
    if constexpr (std::is_same_v<T, Bytes>) {
        if (codec == Codec::raw) return to_bytes(data);
    }
    return fail(Errc::malformed, "the block's codec is " + std::to_string(std::to_underlying(codec)) +
                                     ", expected 81 (CBOR) or 113 (DAG-CBOR)");
}

/// How a method of an actor ends early. An Abort with an exit code is consensus data. `panic` and `trap` end the
/// actor's code at once: no code on the way may turn them into something else. The kinds after those come from the VM
/// and end the complete message (vm/kernel.hpp). An actor passes all of them on unchanged.
struct [[nodiscard]] Abort {
    enum class Kind {
        exit,
        panic,  // an assertion of the official actor fails: exit code 24
        trap,   // the official actor's WebAssembly code traps, as when it is out of memory: exit code 4
        out_of_gas,
        fatal,
        broken,
    };
    Kind kind = Kind::exit;
    ExitCode code{};
    std::string message;
    std::optional<Payload> data;  // attached to the exit; usually empty
    std::optional<Error> error;   // set for Kind::broken
};

inline Abort abort(ExitCode code, std::string message) {
    return {Abort::Kind::exit, code, std::move(message), {}, {}};
}
inline Abort panic(std::string message) {
    return {Abort::Kind::panic, ExitCode::assertion_failed, std::move(message), {}, {}};
}
/// Returns the Abort that passes on a failure that no actor handles, which is any failure except an error number.
Abort unwind(const vm::SyscallFailure& failure);
inline Abort illegal_argument(std::string message) {
    return abort(ExitCode::illegal_argument, std::move(message));
}
inline Abort illegal_state(std::string message) {
    return abort(ExitCode::illegal_state, std::move(message));
}
inline Abort forbidden(std::string message) {
    return abort(ExitCode::forbidden, std::move(message));
}
inline Abort not_found(std::string message) {
    return abort(ExitCode::not_found, std::move(message));
}
inline Abort insufficient_funds(std::string message) {
    return abort(ExitCode::insufficient_funds, std::move(message));
}

/// Works with STRATA_TRY and STRATA_OK, as Result does.
template <class T>
class [[nodiscard]] ActorResult : public std::expected<T, Abort> {
  public:
    using Base = std::expected<T, Abort>;
    using Base::Base;
    ActorResult(Abort failure) : Base(std::unexpect, std::move(failure)) {}
};

using Done = ActorResult<void>;

/// The outcome of a send. `error` is set if the send itself failed (with a syscall error, not an exit code).
struct Reply {
    ExitCode code = ExitCode::ok;
    std::optional<vm::ErrorNumber> error;
    std::optional<Bytes> data;  // the content of the returned block
    Codec codec{};
    bool ok() const { return !error && code == ExitCode::ok; }
};

/// Returns the exit code with which an actor ends when a send that it made failed with `code`. System codes are not
/// passed on but mapped as in builtin-actors runtime/src/actor_error.rs.
ExitCode code_to_pass_on(ExitCode code);

struct SendOptions {
    std::optional<std::uint64_t> gas_limit;
    bool read_only = false;
    Codec codec = Codec::cbor;  // of the parameters
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

    // Each method must validate its caller exactly once. If it does so twice or not at all, the exit code is 24.
    Done accept_any();
    Done require_caller(std::initializer_list<ActorId> ids);
    Done require_caller(std::span<const Address> addresses);  // an address without an actor never matches
    Done require_caller_type(std::initializer_list<ActorType> types);
    /// Returns true if the caller was validated, which the dispatch checks.
    bool caller_validated() const { return caller_validated_; }

    /// Returns the actor ID of an address; empty if the address has no actor.
    ActorResult<std::optional<ActorId>> resolve(const Address& address);
    /// Resolves the address. If it has no actor yet, a send of zero value creates the account or placeholder. The exit
    /// codes not_found and illegal_argument are those of builtin-actors runtime/src/util (resolve_to_actor_id).
    ActorResult<ActorId> resolve_or_create(const Address& address, bool check_existence = true);
    /// Returns ActorType::none for an actor that is not built in; empty if the actor does not exist.
    ActorResult<std::optional<ActorType>> type_of(ActorId id);
    ActorResult<std::optional<Cid>> code_of(ActorId id);
    ActorResult<Address> next_actor_address();
    ActorResult<Cid> code_for(ActorType type);
    Done create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated);
    Done delete_actor();

    /// Returns the state of this actor as the tuple S. If it cannot be decoded, the exit code is illegal_state.
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

    /// Reads and writes blocks through the kernel, so gas and reachability apply. The structures over this store pass
    /// on only an Error; the store keeps the kernel's failure behind it, which the next check() or abort_for() returns.
    Blockstore& store();

    /// Turns an Error of an ipld structure into an Abort with this code. A kept failure of the kernel takes precedence,
    /// and a local error (vm/kernel.hpp) becomes `broken`.
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

    /// Sends a message. Exit codes and syscall errors are returned in the Reply. Every other failure unwinds.
    ActorResult<Reply> send(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                            const TokenAmount& value, const SendOptions& options = {});
    /// Sends a message and returns the answer. A failed send becomes an Abort, as in builtin-actors'
    /// extract_send_result.
    ActorResult<std::optional<Bytes>> call(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                                           const TokenAmount& value, const SendOptions& options = {});

    /// Calls a method and decodes the answer as T. The exit code is 24 if there is no answer and 21 if it cannot be
    /// decoded.
    template <class T>
    ActorResult<T> ask(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                       const TokenAmount& value = 0, const SendOptions& options = {}) {
        STRATA_TRY(const auto reply, call(to, method, params, value, options));
        if (!reply)
            return abort(ExitCode::assertion_failed,
                         "the answer to method " + std::to_string(method) + " of " + to.to_string() + " is empty");
        return check(from_received_cbor<T>(*reply), ExitCode::serialization, "answer");
    }

    /// An event of an actor. The entry `$type`, whose key and value are indexed, comes first; the others follow as
    /// given. Values are CBOR.
    class Event {
      public:
        explicit Event(std::string_view type);
        template <class T>
        Event& field(std::string_view key, const T& value) {
            return add(key, strata::to_cbor(value), 1);  // the key is indexed
        }
        template <class T>
        Event& indexed(std::string_view key, const T& value) {
            return add(key, strata::to_cbor(value), 3);  // the key and the value are indexed
        }
        const std::vector<vm::EventEntry>& entries() const { return entries_; }

      private:
        Event& add(std::string_view key, Bytes value, std::uint64_t flags);
        std::vector<vm::EventEntry> entries_;
    };
    Done emit(const Event& event);

    /// Charges for one round of a loop whose length the message chooses (the bits of a bit field, or list entries that
    /// read no blocks). Native code pays no gas for instructions, so without this charge such a message could run
    /// forever.
    Done charge_round();

    /// Returns blake2b-256 of (tag as i64 BE || digest || epoch as i64 BE || entropy), with the chain's or the beacon's
    /// digest at `epoch`.
    ActorResult<Hash256> chain_randomness(std::int64_t tag, ChainEpoch epoch, BytesView entropy);
    ActorResult<Hash256> beacon_randomness(std::int64_t tag, ChainEpoch epoch, BytesView entropy);
    ActorResult<Hash256> blake2b(BytesView data);

    /// Unwraps a syscall. An error number becomes an Abort with `code`; every other failure unwinds.
    template <class T>
    ActorResult<T> unwrap(vm::Syscall<T> result, ExitCode code, std::string_view what) {
        if (!result) return abort_for(result.error(), code, what);
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return std::move(*result);
        }
    }
    static Abort abort_for(const vm::SyscallFailure& failure, ExitCode code, std::string_view what);

  private:
    class KernelStore;
    vm::Kernel& kernel_;
    const Policy& policy_;
    std::unique_ptr<KernelStore> store_;
    bool caller_validated_ = false;
};

}  // namespace strata::actors
