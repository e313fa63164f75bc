#pragma once
// The instructions that look at the chain, at other actors, and at the contract's storage. Source: builtin-actors
// actors/evm/src/interpreter/instructions/{context,ext,hash,log_event,state,storage}.rs.
#include <strata/actors/evm/frame.hpp>
#include <strata/actors/evm/system.hpp>

namespace strata::actors::evm {

/// Says who stands behind an Ethereum address.
struct Account {
    enum class Kind {
        precompile,
        contract,
        native,   // any other actor that is not an account
        account,  // placeholders are accounts too
        nobody,
    };
    Kind kind = Kind::nobody;
    ActorId id = 0;  // of a contract
};
ActorResult<Account> account_at(System& system, const EthAddress& address);
/// Asks a contract for the CID of its code; empty if the contract is dead.
ActorResult<std::optional<Cid>> bytecode_cid_of(System& system, ActorId contract);

ActorResult<U256> balance_of(System& system, const U256& address);
ActorResult<U256> code_size_of(System& system, const U256& address);
ActorResult<U256> code_hash_of(System& system, const U256& address);
Done copy_code_of(System& system, Frame& frame, const U256& address, const U256& to, const U256& from,
                  const U256& size);
/// Returns the digest of a tipset's CID; zero if the epoch is not one of the 256 before the present one.
ActorResult<U256> block_hash(System& system, const U256& epoch);
ActorResult<U256> keccak(System& system, Frame& frame, const U256& offset, const U256& size);
/// Emits an event with the keys t1 to t4 for the topics and d for the data, if it is not empty.
Done log(System& system, Frame& frame, const U256& offset, const U256& size, std::span<const U256> topics);
Done store(System& system, const U256& key, const U256& value);
Done store_transient(System& system, const U256& key, const U256& value);

}  // namespace strata::actors::evm
