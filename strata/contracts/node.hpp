#pragma once
// Asks a Filecoin node over Lotus' JSON-RPC. One thread at a time.
#include <nlohmann/json_fwd.hpp>

#include <strata/ipld/blockstore.hpp>
#include <strata/types/basic.hpp>

namespace strata::contracts {

using Json = nlohmann::json;

/// The error of a call that the node answered with one.
struct Refusal {
    std::int64_t code = 0;  // api::Code, which are Lotus' codes
    std::string message;
    std::string data;  // the return data of a message that was reverted, as 0x…
};

class Node {
  public:
    /// `url` is http://HOST:PORT, with or without /rpc/v1. `token` is one of the node's, or empty: then nothing can be
    /// pushed.
    explicit Node(std::string url, std::string token = {});

    const std::string& url() const { return url_; }
    /// Calls a method of the namespace Filecoin with a list of parameters. Errors: io if nothing answers at the URL;
    /// malformed if the answer is not one of JSON-RPC; verification if the node refused, and then `refusal`, if it is
    /// given, has the parts of its error.
    Result<Json> ask(const std::string& method, const Json& parameters, Refusal* refusal = nullptr);
    /// Returns the first letter of addresses: 'f' on mainnet, otherwise 't'.
    Result<char> prefix();

  private:
    std::string url_;
    std::string token_;
};

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
