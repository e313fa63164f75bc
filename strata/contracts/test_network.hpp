#pragma once
// Gives tests a node with its API on a port, and a thread that makes blocks as long as messages wait for one. Winning
// proofs are stubs, so that it needs no keys and starts at once.
#include <thread>

#include <strata/api/test_node.hpp>
#include <strata/http/server.hpp>

namespace strata::contracts::testing {

class TestNetwork : public api::testing::TestNode {
  protected:
    void SetUp() override {
        TestNode::SetUp();
        mine_to(2);
        auto started = http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
            return api::Service::serves(request) ? service->handle(request) : http::text_response(404, "not here");
        });
        ASSERT_TRUE(started) << started.error().message();
        server_ = std::move(*started);
        miner_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                // A message is found when the block after its own is there.
                if (node->pending_count() != 0) mine_to(height() + 2);
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        });
    }
    void TearDown() override {
        miner_ = {};
        service->stop();
        server_.reset();
    }
    std::string url() const { return server_->url(); }

  private:
    std::unique_ptr<http::Server> server_;
    std::jthread miner_;
};

}  // namespace strata::contracts::testing
