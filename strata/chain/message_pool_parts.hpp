#pragma once
// Private parts of the message pool: the accounts at a head, and what a change of head does to the tables.
#include <strata/chain/message_pool.hpp>

namespace strata::chain {

/// Senders in one state. One thread.
class SenderAccounts {
  public:
    static Result<SenderAccounts> open(Blockstore& blocks, const Cid& root);
    /// Errors: those of sender_account.
    Result<SenderAccount> account(const Address& from);
    /// The key of a sender as a block may name it: by ID, too. Empty if the state does not know it.
    Result<std::optional<Address>> key_of(const Address& from);

  private:
    SenderAccounts(vm::StateTree state, vm::Manifest manifest)
        : state_(std::move(state)), manifest_(std::move(manifest)) {}
    vm::StateTree state_;
    vm::Manifest manifest_;
};

/// One head with what the checks ask of it. Thread-safe; its lock covers its cache only.
class MessagePool::Head {
  public:
    /// `used`: by key address, the nonce after the last one that the tipset's messages use.
    Head(StateManager& states, TipsetPtr tipset, TokenAmount base_fee, std::map<Address, Nonce> used)
        : states_(states), tipset_(std::move(tipset)), base_fee_(std::move(base_fee)), used_(std::move(used)) {}

    const TipsetPtr& tipset() const { return tipset_; }
    /// Of the next block.
    const TokenAmount& base_fee() const { return base_fee_; }
    /// Executes the tipset only if `state` says so. Errors: those of sender_account and of the execution.
    Result<SenderAccount> account(const Address& from, State state);
    /// For many lookups in one state.
    Result<SenderAccounts> accounts(State state);
    /// Where accounts() reads the state before the tipset, it does not know these nonces.
    Nonce nonce_of(const SenderAccount& account) const;

  private:
    Result<Cid> root(State state);

    StateManager& states_;
    const TipsetPtr tipset_;
    const TokenAmount base_fee_;
    const std::map<Address, Nonce> used_;
    Mutex mutex_;
    Cid root_ STRATA_GUARDED_BY(mutex_);  // of the accounts below
    std::map<Address, SenderAccount> accounts_ STRATA_GUARDED_BY(mutex_);
};

/// What becomes of the tables when the head moves.
struct MessagePool::Change {
    struct Reverted {
        Address key;
        Message message;
        Cid cid;  // of the unsigned message
        std::optional<Signature> signature;
    };
    HeadPtr head;
    std::vector<Reverted> reverted;  // the newest tipset's first
    std::vector<std::pair<Address, Nonce>> included;
    std::vector<std::pair<Address, PoolEntryPtr>> back;  // the reverted ones whose signature is known
};

}  // namespace strata::chain
