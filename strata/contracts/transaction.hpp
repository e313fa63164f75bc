#pragma once
// Runs messages to contracts through a node: estimates their gas, signs and pushes them, and waits until they are
// executed; or lets the node execute them without keeping anything. Source: docs/protocol/node.md §28; builtin-actors
// actors/eam/src/lib.rs (CreateExternal), actors/evm/src/lib.rs (InvokeEVM).
#include <chrono>

#include <strata/base/watch.hpp>
#include <strata/contracts/node.hpp>
#include <strata/types/message.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::contracts {

/// The message that makes a contract.
Message create_message(const Address& from, BytesView initcode, TokenAmount value);
/// The message that calls one.
Message invoke_message(const Address& from, const Address& contract, BytesView input, TokenAmount value);

struct Executed {
    Message message;
    Cid cid;
    Receipt receipt;
    std::vector<vm::StampedEvent> events;
    ChainEpoch height = 0;  // of the tipset whose state has the effects
};

class ContractAbi;

struct SendOptions {
    std::int64_t gas_limit = 0;            // 0: estimated, and then a message that would fail is not sent
    std::chrono::seconds patience{600};    // until the wait for the message ends
    std::chrono::milliseconds pause{500};  // between two questions for the head
    char prefix = 'f';                     // of addresses in errors
    const ContractAbi* abi = nullptr;      // names the contract's own errors
};

class Transactions {
  public:
    /// The node must outlive the object.
    explicit Transactions(Node& node) : node_(node) {}

    /// Sends a message of the key and waits for its receipt, whatever its exit code is. Errors: verification with the
    /// reason, if the message would fail or the sender cannot pay for it; nothing was sent then. cancelled and io,
    /// which name the message's CID once it was sent.
    Result<Executed> send(Message message, const wallet::PrivateKey& key, const SendOptions& options,
                          const Watch& watch);
    /// Lets the node execute a message on its head. Errors: those of Node::ask().
    Result<Receipt> simulate(const Message& message);

  private:
    Status estimate(Message& message, const SendOptions& options);
    Result<Signature> sign(const Message& message, const wallet::PrivateKey& key);
    Result<Executed> wait(Message message, const Cid& cid, const SendOptions& options, const Watch& watch);
    Result<std::vector<vm::StampedEvent>> events(const Receipt& receipt);

    Node& node_;
};

}  // namespace strata::contracts
