#pragma once
// A node's network as its API shows it: the methods Net* and ID. Thread-safe.
#include <strata/api/network.hpp>
#include <strata/base/mutex.hpp>
#include <strata/node/network.hpp>

namespace strata::node {

/// The counters of bytes are zero: this node does not count them (docs/known_gaps.md).
class NetworkApi final : public api::Network {
  public:
    /// `network` must outlive this.
    explicit NetworkApi(node::Network& network) : network_(network) {}

    api::PeerAddresses self() override;
    std::vector<api::PeerAddresses> peers() override;
    Status connect(const api::PeerAddresses& peer) override;
    Status disconnect(const std::string& peer) override;
    Result<api::PeerAddresses> find_peer(const std::string& peer) override;
    Result<api::PeerDetails> details(const std::string& peer) override;
    api::Connectedness connectedness(const std::string& peer) override;
    Result<std::chrono::nanoseconds> ping(const std::string& peer) override;
    api::Bandwidth bandwidth() override { return {}; }
    std::map<std::string, api::Bandwidth> bandwidth_by_peer() override { return {}; }
    std::map<std::string, api::Bandwidth> bandwidth_by_protocol() override { return {}; }
    std::vector<api::PubsubScore> pubsub_scores() override;
    Status protect(const std::vector<std::string>& peers) override;
    Status unprotect(const std::vector<std::string>& peers) override;
    std::vector<std::string> protected_peers() override;
    /// Single peers can be blocked; addresses and subnets cannot. Errors: unsupported.
    Status block(const api::BlockList& added) override;
    Status unblock(const api::BlockList& removed) override;
    api::BlockList blocked() override;

  private:
    Result<PeerInfo> find(const std::string& peer);

    node::Network& network_;
};

}  // namespace strata::node
