#pragma once
// Blocks that stay in a file: those of a CAR, and the chunks of a file that is being packed. Memory: some 100 bytes a
// block. Use them from one thread at a time.
#include <memory>
#include <unordered_map>

#include <strata/base/random_file.hpp>
#include <strata/base/watch.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/car.hpp>

namespace strata::cli {

/// Blocks that lie in a file; other blocks are kept in memory. Every block that is read is checked against its CID.
class FileBlocks final : public Blockstore {
  public:
    explicit FileBlocks(std::shared_ptr<const RandomFile> file) : file_(std::move(file)) {}
    /// Says where a block lies. The first place of a block counts.
    void note(const Cid& cid, std::uint64_t offset, std::uint64_t size);
    std::size_t size() const { return places_.size() + others_.blocks().size(); }

    /// Errors: also verification if the file changed meanwhile.
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override { return others_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return others_.put_block(cid, data); }

  private:
    struct Place {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    std::shared_ptr<const RandomFile> file_;
    std::unordered_map<std::string, Place> places_;  // by the bytes of the CID
    MemoryBlockstore others_;
};

/// A CAR whose blocks can be read in any order.
struct OpenCar {
    CarHeader header;
    std::unique_ptr<FileBlocks> blocks;
};
/// Reads the CAR once, and notes where its blocks are; each is checked. Errors: those of CarReader; too_large for more
/// than 2^24 blocks; cancelled.
Result<OpenCar> open_car(std::shared_ptr<const RandomFile> file, const Watch& watch);

}  // namespace strata::cli
