#pragma once
// The door through which the syncer gets missing blocks: peers that are asked by name and answer later, or never. The
// asker checks the answers. Source: docs/protocol/node.md §17 (lotus chain/exchange).
#include <functional>

#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// A peer's identity as the network knows it.
using PeerName = std::string;

struct ChainRequest {
    enum class What { headers, blocks };  // blocks come with their messages
    TipsetKey top;                        // the key as the child writes it
    std::size_t length = 1;               // tipsets
    What what = What::headers;
};

/// Holds tipsets from the newest to the oldest, each the parent of the one before it: at least one, and at most the
/// number asked for. If only headers were asked for, the messages are empty. Errors: not_found (the peer says that it
/// cannot send the tipset), truncated (the peer was lost, silent or too slow), verification (the answer is wrong), busy
/// (this node has no room to ask now; the peer is not to blame).
using ChainAnswer = Result<std::vector<std::vector<FullBlock>>>;

class BlockSource {
  public:
    virtual ~BlockSource() = default;
    /// Returns the peers that can be asked now.
    virtual std::vector<PeerName> peers() = 0;
    /// Sends the request and returns at once. `done` is called at most once, during the call or later, on any thread;
    /// it may outlive the asker.
    virtual void ask(const PeerName& peer, const ChainRequest& request, std::function<void(ChainAnswer)> done) = 0;
};

/// A source without peers.
class NoPeers final : public BlockSource {
  public:
    std::vector<PeerName> peers() override { return {}; }
    void ask(const PeerName&, const ChainRequest&, std::function<void(ChainAnswer)> done) override {
        done(fail(Errc::not_found, "this node has no peers"));
    }
};

/// Answers a peer's request from the store alone. Errors: those of ChainAnswer.
ChainAnswer serve_chain(ChainStore& chain, const ChainRequest& request);

/// Returns roughly how many bytes of memory a block with its messages takes, for limits.
std::size_t approximate_size(const FullBlock& block);

}  // namespace strata::chain
