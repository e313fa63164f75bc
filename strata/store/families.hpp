#pragma once
// Sets of blocks that are dropped as a whole, in one step that does not depend on their size. Implementations:
// MemoryFamilies (here, for simulations and tests), RocksDB's column families (store/rocks_store.hpp). Thread-safe.
//
// Durability: blocks of all families and the records of the same database share one log. A batch of records that is on
// disk therefore has on disk before it every block that was put before.
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <strata/base/mutex.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::store {

class Family {
  public:
    virtual ~Family() = default;
    /// Returns the block; empty if it is not in this family. Errors: io.
    virtual Result<std::optional<Bytes>> find(const Cid& cid) = 0;
    virtual Result<bool> has(const Cid& cid) = 0;
    /// Errors: no_space, io.
    virtual Status put(const Cid& cid, BytesView data) = 0;
    virtual Status put_many(std::span<const CarriedBlock> blocks) {
        for (const auto& [cid, data] : blocks) STRATA_OK(put(cid, data));
        return {};
    }
    /// Visits the blocks behind `after` (from the first one if it is undefined) in the order of their CIDs' bytes, as
    /// they are at the time of the call; stops early when `visit` returns false.
    using Visit = std::function<Result<bool>(const Cid& cid, BytesView data)>;
    virtual Status for_each(const Cid& after, const Visit& visit) = 0;
    /// Gives back the space of blocks up to and with `last`, durably. They are not read any more, but some may stay
    /// until the family is dropped. Errors: io.
    virtual Status drop_until(const Cid& last) = 0;
    /// The bytes of the blocks on disk and in buffers, estimated; without what a compaction has not removed yet.
    virtual std::uint64_t bytes() const = 0;
    /// False while much that was written waits to be put in order, which takes room and slows others down. Work that
    /// can wait writes later.
    virtual bool is_in_order() const { return true; }
};
using FamilyPtr = std::shared_ptr<Family>;

class Families {
  public:
    virtual ~Families() = default;
    virtual std::vector<std::string> family_names() const = 0;
    /// Returns a family, which is made durably if it does not exist. Errors: no_space, io.
    virtual Result<FamilyPtr> family(const std::string& name) = 0;
    /// Removes a family durably. Who still holds it may read on; its space is free when nobody holds it.
    virtual Status drop_family(const std::string& name) = 0;
};

/// The family of a database whose blocks are not told apart.
inline constexpr std::string_view kBlocksFamily = "blocks";
/// Begins the names of families that have CIDs alone, without the bytes of their blocks.
inline constexpr std::string_view kMarksPrefix = "marks-";

/// One family as a store of blocks.
class FamilyBlockstore final : public Blockstore {
  public:
    explicit FamilyBlockstore(FamilyPtr family) : family_(std::move(family)) {}
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override { return family_->has(cid); }
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override { return family_->put(cid, data); }
    Status put_blocks(std::span<const CarriedBlock> blocks) override { return family_->put_many(blocks); }

  private:
    FamilyPtr family_;
};

/// Returns the error about a block that no family has.
Error block_is_missing(const Cid& cid);

class MemoryFamily final : public Family {
  public:
    Result<std::optional<Bytes>> find(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Status put(const Cid& cid, BytesView data) override;
    Status for_each(const Cid& after, const Visit& visit) override;
    Status drop_until(const Cid& last) override;
    std::uint64_t bytes() const override;

  private:
    mutable Mutex mutex_;
    std::map<Cid, Bytes> blocks_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t bytes_ STRATA_GUARDED_BY(mutex_) = 0;
};

class MemoryFamilies final : public Families {
  public:
    std::vector<std::string> family_names() const override;
    Result<FamilyPtr> family(const std::string& name) override;
    Status drop_family(const std::string& name) override;

  private:
    mutable Mutex mutex_;
    std::map<std::string, FamilyPtr> families_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::store
