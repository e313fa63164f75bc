#pragma once
// A contract's state during one invocation, and its way to other actors. Changes are kept here and written before a
// call, because the callee may call back; after a successful call they are read again if the root changed. Source:
// builtin-actors actors/evm/src/interpreter/system.rs.
#include <strata/actors/evm/state.hpp>
#include <strata/actors/evm/types.hpp>
#include <strata/actors/runtime.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::actors::evm {

class System {
  public:
    /// A new contract. Exits with illegal_state if the actor has a state already.
    static ActorResult<System> create(Runtime& rt);
    /// A new contract in the place of a dead one. Exits with forbidden if the contract is not dead.
    static ActorResult<System> resurrect(Runtime& rt);
    /// The contract as it is stored; a dead contract is empty and read-only.
    static ActorResult<System> load(Runtime& rt);

    Runtime& rt() const { return *rt_; }
    bool read_only() const { return read_only_; }
    Nonce nonce() const { return nonce_; }
    void increment_nonce();
    /// Empty for a dead contract, and for a new one until its code is set.
    const std::optional<Cid>& bytecode() const { return bytecode_; }
    Done set_bytecode(BytesView code);
    void mark_destroyed();

    ActorResult<U256> storage(const U256& key);
    Done set_storage(const U256& key, const U256& value);
    ActorResult<U256> transient(const U256& key);
    Done set_transient(const U256& key, const U256& value);

    /// Writes the state if it changed. Exits with forbidden if it changed in a read-only call.
    Done flush();
    /// Flushes, sends, and reads the state again after a success. An exit code of the callee and a syscall error are in
    /// the Reply; an Abort means that the state could not be written or read.
    ActorResult<Reply> send(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                            const TokenAmount& value, const SendOptions& options);
    /// Sends, and returns the answer's block. A failure of any kind is an Abort: unspecified for a syscall error.
    ActorResult<std::optional<Payload>> call(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                                             const TokenAmount& value, const SendOptions& options);
    /// Sends value without touching the state. As Runtime::call otherwise.
    Done transfer(const Address& to, const TokenAmount& value);

    /// Returns an actor's Ethereum address, or its masked ID if it has none.
    ActorResult<EthAddress> eth_address(ActorId id);
    /// Returns the beacon's randomness of this epoch, which is drawn once.
    ActorResult<Hash256> randomness();
    /// Returns the gas for a call: what is asked for, but at most 63/64 of what is left (EIP-150).
    ActorResult<std::uint64_t> call_gas_limit(const U256& asked);

  private:
    System(Runtime& rt, bool read_only);
    Done read(const Cid& root, const State& state);
    Done reload();

    Runtime* rt_;
    Life life_;
    bool read_only_;
    std::optional<Cid> bytecode_;
    Bytes bytecode_hash_;
    Kamt slots_;
    Kamt transient_;
    Nonce nonce_ = 1;
    std::optional<Life> tombstone_;
    std::optional<Cid> saved_root_;  // empty if something changed since the state was written or read
    std::optional<Hash256> randomness_;
};

/// Empty if the actor does not exist or has no delegated address.
ActorResult<std::optional<Address>> delegated_address(Runtime& rt, ActorId id);
ActorResult<std::uint64_t> gas_available(Runtime& rt);
/// 63/64 of the gas that is left.
inline std::uint64_t most_for_a_call(std::uint64_t left) {
    return left / 64 * 63 + left % 64 * 63 / 64;
}

/// The present message.
Life current_life(Runtime& rt);
/// A contract that destroyed itself lives on until the end of the message in which it did so.
bool is_dead(Runtime& rt, const State& state);

}  // namespace strata::actors::evm
