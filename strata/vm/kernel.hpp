#pragma once
// Defines the interface between an actor and the VM: the meaning of the syscalls (docs/protocol/fvm.md §4.7), without
// guest memory. Native actors call it through actors/runtime.hpp. The WASM engine calls it from its host functions,
// which deal with the guest's pointers, packed results and encodings (wasm/host_functions.hpp). Each method does its
// own checks, charges its own gas and returns the value that the actor would see. The price of the host call itself is
// charged where the actor leaves its own code, before the kernel is asked (vm/host_calls.hpp for native code). One
// kernel serves one call of one actor, on one thread. Exit codes and error numbers: ref-fvm shared/src/{error,exit}.
#include <expected>
#include <map>
#include <optional>

#include <strata/ipld/blockstore.hpp>
#include <strata/types/basic.hpp>
#include <strata/types/sector.hpp>

namespace strata::vm {

/// An exit code (docs/protocol/fvm.md §4.1). Any 32-bit number may occur; from 32 on, the actor defines its meaning.
enum class ExitCode : std::uint32_t {
    ok = 0,
    sys_sender_invalid = 1,
    sys_sender_state_invalid = 2,
    sys_illegal_instruction = 4,
    sys_invalid_receiver = 5,
    sys_insufficient_funds = 6,
    sys_out_of_gas = 7,
    sys_illegal_exit_code = 9,
    sys_assertion_failed = 10,
    sys_missing_return = 11,
    illegal_argument = 16,
    not_found = 17,
    forbidden = 18,
    insufficient_funds = 19,
    illegal_state = 20,
    serialization = 21,
    unhandled_message = 22,
    unspecified = 23,
    assertion_failed = 24,
    read_only = 25,
    not_payable = 26,
};

/// The number from which an actor learns why a syscall failed (docs/protocol/fvm.md §4.2).
enum class ErrorNumber : std::uint32_t {
    illegal_argument = 1,
    illegal_operation = 2,
    limit_exceeded = 3,
    assertion_failed = 4,
    insufficient_funds = 5,
    not_found = 6,
    invalid_handle = 7,
    illegal_cid = 8,
    illegal_codec = 9,
    serialization = 10,
    forbidden = 11,
    buffer_too_small = 12,
    read_only = 13,
};

/// The reason why a syscall failed. The actor sees only a `number`; the other kinds end the complete message.
struct [[nodiscard]] SyscallFailure {
    enum class Kind {
        number,      // an error number that the actor handles
        out_of_gas,  // the message ends with exit code 7
        fatal,       // the same on every node: the message ends with exit code 10 and pays all its gas
        broken,      // this node alone cannot continue: `error` comes out of Executor::apply, and there is no receipt
    };
    Kind kind;
    ErrorNumber number{};        // set for Kind::number
    std::string message;         // for people; not consensus data
    std::optional<Error> error;  // set for Kind::broken
};

inline SyscallFailure syscall_error(ErrorNumber number, std::string message) {
    return {SyscallFailure::Kind::number, number, std::move(message), {}};
}
inline SyscallFailure out_of_gas() {
    return {SyscallFailure::Kind::out_of_gas, {}, "out of gas", {}};
}
inline SyscallFailure fatal(std::string message) {
    return {SyscallFailure::Kind::fatal, {}, std::move(message), {}};
}
inline SyscallFailure broken(Error error) {
    std::string message = error.message();
    return {SyscallFailure::Kind::broken, {}, std::move(message), std::move(error)};
}

/// Returns true if `error` may have struck this node alone. Such an error must not decide the result of a message: a
/// node that turned a lost block into an exit code would compute a state that no other node has.
inline bool is_local(const Error& error) {
    return error.is_fatal() || error.code() == Errc::cancelled || error.code() == Errc::busy ||
           error.code() == Errc::unsupported;
}
/// Turns an error of the store or of the externs into a failure: `broken` if the error is local, `fatal` if every node
/// meets it.
inline SyscallFailure broken_or_fatal(Error error) {
    return is_local(error) ? broken(std::move(error)) : fatal(error.message());
}
/// Does the same, except that an error that every node meets becomes an error number, which the actor sees.
inline SyscallFailure broken_or(ErrorNumber number, Error error) {
    return is_local(error) ? broken(std::move(error)) : syscall_error(number, error.message());
}

template <class T>
class [[nodiscard]] Syscall : public std::expected<T, SyscallFailure> {
  public:
    using Base = std::expected<T, SyscallFailure>;
    using Base::Base;
    Syscall(SyscallFailure failure) : Base(std::unexpect, std::move(failure)) {}
};

/// The numbers of the built-in actors, in the order of the manifest (docs/protocol/fvm.md §2.4). 0 means an actor
/// that is not built in.
enum class ActorType : std::int32_t {
    none = 0,
    system = 1,
    init = 2,
    cron = 3,
    account = 4,
    power = 5,
    miner = 6,
    market = 7,
    payment_channel = 8,
    multisig = 9,
    reward = 10,
    verified_registry = 11,
    datacap = 12,
    placeholder = 13,
    evm = 14,
    eam = 15,
    ethaccount = 16,
};

class StateTree;

/// The code CIDs of the built-in actors, as the manifest in the system actor's state names them.
struct Manifest {
    std::map<Cid, ActorType> types;
    std::map<ActorType, Cid> codes;

    ActorType type_of(const Cid& code) const {
        const auto it = types.find(code);
        return it == types.end() ? ActorType::none : it->second;
    }
    void add(ActorType type, const Cid& code) {
        types[code] = type;
        codes[type] = code;
    }
    /// Reads the manifest of a state: the data block `[[name, code]...]` that the system actor's state links to.
    static Result<Manifest> of_state(StateTree& tree);
};

/// Returns the type's name in the manifest; empty for ActorType::none.
std::string_view actor_type_name(ActorType type);
/// Returns the type with this name. Errors: malformed for a name that no built-in actor has.
Result<ActorType> actor_type_of(std::string_view name);

/// The present call as the actor sees it.
struct MessageContext {
    ActorId origin = 0;
    Nonce nonce = 0;
    ActorId caller = 0;
    ActorId receiver = 0;
    MethodNumber method = 0;
    TokenAmount value_received;
    TokenAmount gas_premium;
    bool read_only = false;
};

/// The epoch and network as the actor sees them.
struct NetworkContext {
    ChainEpoch epoch = 0;
    std::uint64_t timestamp = 0;
    TokenAmount base_fee;
    std::uint64_t chain_id = 0;
    NetworkVersion network_version = 0;
    /// The actors' log is on. WASM actors then prepare its lines, which costs gas; it is off on public networks.
    bool actor_debugging = false;
};

/// A handle of a block in the registry of the current call. 0 means that there is no block.
using BlockId = std::uint32_t;
inline constexpr BlockId kNoBlock = 0;

struct BlockStat {
    Codec codec{};
    std::uint32_t size = 0;
};
struct OpenedBlock {
    BlockId id = kNoBlock;
    BlockStat stat;
};

struct SendResult {
    ExitCode exit_code{};
    BlockId return_id = kNoBlock;
    BlockStat stat;
};
/// The parameters of a send to a different actor.
struct SendParams {
    Address to;
    MethodNumber method = 0;
    BlockId params = kNoBlock;
    TokenAmount value;
    std::optional<std::uint64_t> gas_limit;  // empty: all that remains
    bool read_only = false;
};

struct EventEntry {
    std::uint64_t flags = 0;  // bit 0: the key is indexed; bit 1: the value is indexed
    std::string key;
    Codec codec{};
    Bytes value;
    STRATA_CBOR_TUPLE(flags, key, codec, value);
};

/// An entry of a packed event: the keys of all entries lie one after another in one buffer, the values in a second one.
struct EventHeader {
    std::uint64_t flags = 0;
    Codec codec{};
    std::uint32_t key_size = 0;
    std::uint32_t value_size = 0;
};

/// A proven fault of a miner, which a report to its actor turns into a penalty.
struct ConsensusFault {
    enum class Kind : std::uint32_t { double_fork_mining = 1, parent_grinding = 2, time_offset_mining = 3 };
    ActorId target = 0;
    ChainEpoch epoch = 0;
    Kind kind{};
};

enum class SignatureKind : std::uint32_t { secp256k1 = 1, bls = 2 };

class GasTracker;
class MemoryBudget;

class Kernel {
  public:
    virtual ~Kernel() = default;

    // vm, network
    virtual const MessageContext& message() const = 0;
    virtual const NetworkContext& network() const = 0;
    virtual Syscall<Cid> tipset_cid(ChainEpoch epoch) = 0;
    virtual Syscall<TokenAmount> total_fil_circ_supply() = 0;

    // ipld
    virtual Syscall<OpenedBlock> block_open(const Cid& cid) = 0;
    virtual Syscall<BlockId> block_create(Codec codec, BytesView data) = 0;
    /// Fills `out` with the block's bytes from `offset`. Returns size - (offset + out.size()), which is negative if
    /// `out` is longer than the rest of the block.
    virtual Syscall<std::int32_t> block_read(BlockId id, std::uint32_t offset, std::span<std::uint8_t> out) = 0;
    virtual Syscall<BlockStat> block_stat(BlockId id) = 0;
    virtual Syscall<Cid> block_link(BlockId id, HashCode hash, std::uint32_t digest_size) = 0;

    // self
    virtual Syscall<Cid> root() = 0;
    virtual Syscall<void> set_root(const Cid& cid) = 0;
    virtual Syscall<TokenAmount> current_balance() = 0;
    virtual Syscall<void> self_destruct(bool burn_unspent) = 0;

    // actor
    virtual Syscall<ActorId> resolve_address(const Address& address) = 0;
    virtual Syscall<std::optional<Address>> lookup_delegated_address(ActorId id) = 0;
    virtual Syscall<Cid> get_actor_code_cid(ActorId id) = 0;
    virtual Syscall<Address> next_actor_address() = 0;
    virtual Syscall<void> create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated) = 0;
    virtual Syscall<ActorType> get_builtin_actor_type(const Cid& code) = 0;
    virtual Syscall<Cid> get_code_cid_for_type(ActorType type) = 0;
    virtual Syscall<TokenAmount> balance_of(ActorId id) = 0;

    // crypto
    virtual Syscall<bool> verify_signature(SignatureKind kind, BytesView signature, const Address& signer,
                                           BytesView plaintext) = 0;
    /// The messages lie one after another in `plaintexts`; `sizes` has the size of each.
    virtual Syscall<bool> verify_bls_aggregate(BytesView signature, std::span<const ByteArray<48>> keys,
                                               BytesView plaintexts, std::span<const std::uint32_t> sizes) = 0;
    virtual Syscall<ByteArray<65>> recover_secp_public_key(const Hash256& hash, const ByteArray<65>& signature) = 0;
    /// Returns the digest in its full length; the WASM glue cuts it to the guest's buffer.
    virtual Syscall<Bytes> hash(HashCode code, BytesView data) = 0;
    virtual Syscall<Cid> compute_unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) = 0;
    virtual Syscall<std::vector<bool>> batch_verify_seals(std::span<const SealVerifyInfo> infos) = 0;
    virtual Syscall<bool> verify_post(const WindowPoStVerifyInfo& info) = 0;
    virtual Syscall<bool> verify_aggregate_seals(const AggregateSealVerifyProofs& info) = 0;
    virtual Syscall<bool> verify_replica_update(const ReplicaUpdateInfo& info) = 0;
    virtual Syscall<std::optional<ConsensusFault>> verify_consensus_fault(BytesView header_1, BytesView header_2,
                                                                          BytesView extra) = 0;

    // rand: each returns the 32-byte digest; the actor mixes tag, epoch and entropy into it
    virtual Syscall<Hash256> get_chain_randomness(ChainEpoch epoch) = 0;
    virtual Syscall<Hash256> get_beacon_randomness(ChainEpoch epoch) = 0;

    // gas, send, event, debug
    virtual Syscall<void> charge_gas(std::string_view name, std::uint64_t gas) = 0;
    virtual Syscall<std::uint64_t> gas_available() = 0;
    virtual Syscall<SendResult> send(const SendParams& params) = 0;
    virtual Syscall<void> emit_packed_event(std::span<const EventHeader> headers, BytesView keys, BytesView values) = 0;
    /// Packs the entries and emits them.
    Syscall<void> emit_event(std::span<const EventEntry> entries);
    virtual void log(std::string_view text) = 0;

    // Only WASM actors before network version 21 can ask for these two (generations 2 and 3).

    /// Deletes the actor and gives what it holds to `beneficiary`. Errors: read_only; not_found if nobody has that
    /// address; forbidden if it is the actor itself. Sources: fvm@v2.12.2, fvm@v3.14.2 fvm/src/kernel/default.rs.
    virtual Syscall<void> self_destruct_for(const Address& beneficiary) = 0;
    /// Emits an event that is checked and paid for.
    virtual void emit_checked_event(std::vector<EventEntry> entries) = 0;

    // The functions below are for the engine that runs an actor's code. Actors do not see them.

    /// Returns the tracker of the message's gas, to which the engine charges instructions and host calls.
    virtual GasTracker& gas_tracker() = 0;
    /// Returns the budget from which the memory of the message's instances is taken.
    virtual MemoryBudget& memory_budget() = 0;
    /// Returns the blocks of the state. The code of an actor that no bundle has lies there.
    virtual Blockstore& state_blocks() = 0;
};

/// An event with the actor that emitted it, as receipts and listeners see it. Source: docs/protocol/fvm.md §3.7.
struct StampedEvent {
    ActorId emitter = 0;
    std::vector<EventEntry> entries;
    STRATA_CBOR_TUPLE(emitter, entries);
};

/// The end of an invocation that returned or that the actor aborted. A code other than zero rolls the call back.
struct ActorExit {
    ExitCode code = ExitCode::ok;
    BlockId data = kNoBlock;  // return value or abort data, in the kernel's registry
    std::string message;      // for people; not consensus
    /// The actor ended itself with the syscall vm.exit. A missing block is then fatal even if the code is zero.
    bool by_exit = false;
};

/// Code that can run as an actor: native C++ (actors/native_actor.hpp) or WASM (wasm/actor_table.hpp). The call manager
/// finds code by its CID and does not know how it runs.
class ActorCode {
  public:
    virtual ~ActorCode() = default;
    /// Runs the method that kernel.message() names. `params` is kNoBlock if the message has none. A failure is
    /// out_of_gas, fatal or broken, or an error number that the code did not handle (exit code 10 at the top level).
    virtual Syscall<ActorExit> invoke(Kernel& kernel, BlockId params) const = 0;
};

/// Finds the code to run for a code CID. `type` is the type that the state's manifest gives to `code`.
class ActorTable {
  public:
    virtual ~ActorTable() = default;
    /// Returns true if `code` belongs to a bundle that this table was written for and has this type there. The VM
    /// executes nothing else, so that a state of different actors is never run by the wrong code.
    virtual bool knows(const Cid& code, ActorType type) const = 0;
    /// Returns the code of a CID that the table knows, or nullptr for a type that has no code here yet
    /// (docs/known_gaps.md): a call to an actor of that type exits with unhandled_message (22).
    virtual const ActorCode* find(const Cid& code, ActorType type) const = 0;
};

}  // namespace strata::vm
