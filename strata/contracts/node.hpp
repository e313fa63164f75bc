#pragma once
// The node that executes a contract's messages, and its blocks. One thread at a time.
#include <strata/api/client.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::contracts {

using Json = nlohmann::json;

/// The client of a node's API.
using Node = api::Client;
using Refusal = api::Refusal;

/// The blocks of a node, for reading.
class NodeBlocks final : public Blockstore {
  public:
    /// The node must outlive the store.
    explicit NodeBlocks(Node& node) : node_(node) {}
    /// Errors: those of Node::ask(); verification if the node answers with a wrong block.
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override;

  private:
    Node& node_;
};

}  // namespace strata::contracts
