#pragma once
// Runs messages that are on no chain, and watches those that are, for people and tools. Whatever is written goes into
// memory and is forgotten. Source of the rules: lotus chain/stmgr/call.go.
#include <functional>
#include <map>
#include <memory>

#include <strata/chain/execution.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/executor.hpp>

namespace strata::chain {

/// The block in which messages of a sandbox run, as actors see it.
struct SandboxBlock {
    ChainEpoch epoch = 0;
    std::uint64_t timestamp = 0;  // in Unix seconds
    TokenAmount base_fee;

    /// Returns the block of a tipset, but with gas that costs nothing.
    static SandboxBlock of(const Tipset& tipset) {
        return {.epoch = tipset.height(), .timestamp = tipset.min_timestamp(), .base_fee = 0};
    }
};

/// A state that may be changed at will, and executors on it. One thread at a time.
class Sandbox {
  public:
    using Open = std::function<Result<std::unique_ptr<vm::Executor>>(const Cid& root, const SandboxBlock& block)>;
    using BlockIds = std::map<ChainEpoch, Cid>;
    Sandbox(Blockstore& blocks, Cid root, const vm::Manifest& manifest, BlockIds& ids, Open open)
        : blocks_(blocks), root_(std::move(root)), manifest_(manifest), ids_(ids), open_(std::move(open)) {}

    /// Returns the blocks of the node and those that were written in this sandbox. Nothing reaches the node's store.
    Blockstore& blocks() { return blocks_; }
    /// Returns the root of the state after the tipset on which the sandbox stands.
    const Cid& root() const { return root_; }
    const vm::Manifest& manifest() const { return manifest_; }
    /// Makes an executor on a state of this sandbox, with the network version of its tipset. It traces. Epochs after
    /// the tipset have the randomness of the tipset.
    Result<std::unique_ptr<vm::Executor>> open(const Cid& root, const SandboxBlock& block) {
        return open_(root, block);
    }
    /// Sets the CID of which actors see the digest as the hash of the block of an epoch after the tipset.
    void name_block(ChainEpoch epoch, const Cid& id) { ids_[epoch] = id; }

  private:
    Blockstore& blocks_;
    Cid root_;
    const vm::Manifest& manifest_;
    BlockIds& ids_;
    Open open_;
};

/// Sees the messages of a tipset that is executed again.
class TipsetWatcher {
  public:
    TipsetWatcher() = default;
    TipsetWatcher(const TipsetWatcher&) = delete;
    TipsetWatcher& operator=(const TipsetWatcher&) = delete;
    virtual ~TipsetWatcher() = default;

    /// Called before each message of a block. The executor may be flushed, which writes into memory only, and may get a
    /// watcher of code. `cid` is that of the unsigned message.
    virtual Status before(vm::Executor& executor, const Message& message, const Cid& cid) = 0;
    /// Called after each message of a block with its result, which has a trace.
    virtual Status after(vm::Executor& executor, const Message& message, const Cid& cid,
                         const vm::Applied& applied) = 0;
    /// Asked before each message: if true, the rest of the tipset is not executed.
    virtual bool is_done() const = 0;
};

}  // namespace strata::chain
