#pragma once
// Declares private parts of the message pool: the accounts at a head, and the changes to the tables when the head
// moves.
#include <strata/chain/message_pool.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/machine.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

/// Looks up senders in one state. Use it from one thread.
class SenderAccounts {
  public:
    static Result<SenderAccounts> open(Blockstore& blocks, const Cid& root);
    /// Returns the account of a sender. Errors: those of sender_account.
    Result<SenderAccount> account(const Address& from);
    /// Returns the key of a sender, which a block may also name by ID. Empty if the state has no such sender.
    Result<std::optional<Address>> key_of(const Address& from);

  private:
    SenderAccounts(vm::StateTree state, vm::Manifest manifest)
        : state_(std::move(state)), manifest_(std::move(manifest)) {}
    vm::StateTree state_;
    vm::Manifest manifest_;
};

/// One head with the values that the checks need. Thread-safe; its lock covers its cache only.
class MessagePool::Head {
  public:
    /// `used` holds, by key address, the nonce after the last one that the tipset's messages use.
    Head(StateManager& states, TipsetPtr tipset, TokenAmount base_fee, std::map<Address, Nonce> used)
        : states_(states), tipset_(std::move(tipset)), base_fee_(std::move(base_fee)), used_(std::move(used)) {}

    const TipsetPtr& tipset() const { return tipset_; }
    /// Returns the base fee of the next block.
    const TokenAmount& base_fee() const { return base_fee_; }
    /// Returns the account of a sender; executes the tipset only if `state` says so. Errors: those of sender_account
    /// and of the execution.
    Result<SenderAccount> account(const Address& from, State state);
    /// Returns a view for many lookups in one state.
    Result<SenderAccounts> accounts(State state);
    /// Returns the sender's next nonce after the tipset's messages, also for an account in the state before the tipset,
    /// whose own nonce does not count them.
    Nonce nonce_of(const SenderAccount& account) const;

  private:
    Result<Cid> root(State state);

    StateManager& states_;
    const TipsetPtr tipset_;
    const TokenAmount base_fee_;
    const std::map<Address, Nonce> used_;
    Mutex mutex_;
    Cid root_ STRATA_GUARDED_BY(mutex_);  // the state of the accounts below
    std::map<Address, SenderAccount> accounts_ STRATA_GUARDED_BY(mutex_);
};

/// The changes to the tables when the head moves.
struct MessagePool::Change {
    struct Reverted {
        Address key;
        Message message;
        Cid cid;  // the CID of the unsigned message
        std::optional<Signature> signature;
    };
    HeadPtr head;
    std::vector<Reverted> reverted;  // those of the newest tipset first
    std::vector<std::pair<Address, Nonce>> included;
    std::vector<std::pair<Address, PoolEntryPtr>> back;  // the reverted ones whose signature is known
};

}  // namespace strata::chain
