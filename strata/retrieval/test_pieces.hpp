#pragma once
// A folder with pieces and a server for them, for tests.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/retrieval/client_file.hpp>
#include <strata/retrieval/retrieval.hpp>
#include <strata/retrieval/test_dags.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::retrieval::testing {

namespace fs = std::filesystem;

/// A folder that is removed at the end of the test.
using Folder = strata::testing::TempFolder;

/// Makes bytes that do not repeat from chunk to chunk.
inline Bytes content(std::size_t size) {
    Bytes out(size);
    std::uint32_t x = 7;
    for (auto& byte : out) {
        x = x * 1664525 + 1013904223;
        byte = static_cast<std::uint8_t>(x >> 24);
    }
    return out;
}

inline void write_file(const fs::path& path, BytesView data) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
}

inline std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

class Holder {
  public:
    explicit Holder(const fs::path& folder) : pieces(std::move(PieceStore::open(folder, records).value())) {
        server = std::move(http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
                               ++requests;
                               auto asked = request;
                               if (ignores_ranges) asked.headers.erase("range");
                               auto answer = Retrieval(*pieces).handle(asked);
                               return spoil ? spoil(request, std::move(answer)) : std::move(answer);
                           }).value());
    }
    void add(const CarPiece& piece) const {
        const auto added = pieces->add(piece.info, piece.car_size, *file_source(piece.car));
        ASSERT_TRUE(added) << added.error().message();
    }

    store::MemoryKeyValue records;
    std::unique_ptr<PieceStore> pieces;
    std::atomic<int> requests = 0;
    bool ignores_ranges = false;
    std::function<http::Response(const http::Request&, http::Response)> spoil;
    std::unique_ptr<http::Server> server;
};

/// A file of four leaves as one piece, behind HTTP.
struct ServedFile : ::testing::Test {
    Folder folder;
    Holder holder{folder.path() / "pieces"};
    ClientFile file;
    Bytes data = content((std::size_t{3} << 20) + 100);

    void SetUp() override {
        write_file(folder.path() / "file", data);
        MemoryBlockstore blocks;
        file = prepare_file(folder.path() / "file", blocks, folder.path(), std::uint64_t{8} << 20).value();
        ASSERT_EQ(file.pieces.size(), 1U);
        holder.add(file.pieces[0]);
    }
    http::Response ask(std::string method, const std::string& target,
                       std::map<std::string, std::string> headers = {}) const {
        auto parsed = http::parse_target(target).value();
        return Retrieval(*holder.pieces).handle({std::move(method), parsed.path, parsed.query, std::move(headers), {}});
    }
    unsigned status(const std::string& target, std::map<std::string, std::string> headers = {}) const {
        return ask("GET", target, std::move(headers)).status;
    }
    static std::string header(const http::Response& response, std::string_view name) {
        for (const auto& [known, value] : response.headers)
            if (known == name) return value;
        return {};
    }
    std::string piece() const { return "/piece/" + file.pieces[0].info.cid.to_string(); }
    std::string ipfs() const { return "/ipfs/" + file.dag.root.to_string(); }
    /// Gets a CAR and returns the CIDs of its blocks, in order.
    std::vector<Cid> car(const std::string& target) const {
        const auto answer = http::get(holder.server->url() + target);
        EXPECT_TRUE(answer) << answer.error().message();
        if (!answer) return {};
        EXPECT_EQ(answer->status, 200U) << as_text(answer->body);
        const auto out = blocks_of(answer->body);
        EXPECT_TRUE(out) << out.error().message();
        return out.value_or(std::vector<Cid>{});
    }
};

}  // namespace strata::retrieval::testing
