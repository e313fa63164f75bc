#pragma once
// Puts money into the market's escrow, once: the signed message is on disk before it is pushed, and a later call waits
// for that message instead of making a second one. One call at a time has the fund, over all processes of the folder.
#include <chrono>
#include <filesystem>

#include <strata/base/folder_lock.hpp>
#include <strata/base/watch.hpp>
#include <strata/client/node_calls.hpp>

namespace strata::client {

/// How long to wait for what others must do, and how often to look.
struct Patience {
    std::chrono::seconds most{600};
    std::chrono::milliseconds pause{500};
};

struct Funded {
    std::optional<Cid> message;  // AddBalance; empty if the escrow was sufficient
    TokenAmount added;
};

class EscrowFund {
  public:
    /// Waits until no other process has the fund of `folder`. `node` must outlive the object. Errors: cancelled, io.
    static Result<EscrowFund> take(const std::filesystem::path& folder, NodeCalls& node, Patience patience,
                                   const Watch& watch);

    /// Raises the free escrow of a key to `wanted` and waits until that is on the chain. Errors: verification if the
    /// balance is too small, with the sums, if the message failed, or if the node refused it; cancelled and io. The
    /// next call goes on with the same message, unless the node's refusal says that it does not have it.
    Result<Funded> raise_to(const Address& key, const TokenAmount& wanted, const Watch& watch);

  private:
    EscrowFund(FolderLock lock, std::filesystem::path folder, NodeCalls& node, Patience patience)
        : lock_(std::move(lock)), folder_(std::move(folder)), node_(node), patience_(patience) {}
    std::filesystem::path file_of(const Address& key) const;
    /// Waits for the message that the folder has for this key, if there is one.
    Result<std::optional<Funded>> settle(const Address& key, const Watch& watch);
    Result<SignedMessage> make_message(const Address& key, const TokenAmount& amount);
    Error too_poor(const Address& key, const TokenAmount& balance, const TokenAmount& needed);

    FolderLock lock_;
    std::filesystem::path folder_;
    NodeCalls& node_;
    Patience patience_;
};

}  // namespace strata::client
