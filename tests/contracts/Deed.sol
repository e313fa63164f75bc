// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

interface Receiver {
    function onERC721Received(address operator, address from, uint256 id, bytes calldata data)
        external
        returns (bytes4);
}

/// A register of single things after ERC-721.
contract Deed {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);
    event Approval(address indexed owner, address indexed approved, uint256 indexed id);

    mapping(uint256 => address) private owners;
    mapping(address => uint256) public balanceOf;
    mapping(uint256 => address) public getApproved;

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x80ac58cd;
    }

    function ownerOf(uint256 id) public view returns (address owner) {
        owner = owners[id];
        require(owner != address(0), "nobody owns this");
    }

    function mint(address to, uint256 id) external {
        require(owners[id] == address(0), "this exists already");
        owners[id] = to;
        balanceOf[to] += 1;
        emit Transfer(address(0), to, id);
    }

    function approve(address to, uint256 id) external {
        address owner = ownerOf(id);
        require(msg.sender == owner, "only the owner approves");
        getApproved[id] = to;
        emit Approval(owner, to, id);
    }

    function transferFrom(address from, address to, uint256 id) public {
        require(ownerOf(id) == from, "this is not the owner");
        require(msg.sender == from || msg.sender == getApproved[id], "neither owner nor approved");
        delete getApproved[id];
        balanceOf[from] -= 1;
        balanceOf[to] += 1;
        owners[id] = to;
        emit Transfer(from, to, id);
    }

    function safeTransferFrom(address from, address to, uint256 id, bytes calldata data) external {
        transferFrom(from, to, id);
        if (to.code.length == 0) return;
        bytes4 answer = Receiver(to).onERC721Received(msg.sender, from, id, data);
        require(answer == Receiver.onERC721Received.selector, "the receiver does not want this");
    }
}

/// Takes things with even numbers.
contract Shelf is Receiver {
    bytes public last;

    function onERC721Received(address, address, uint256 id, bytes calldata data) external returns (bytes4) {
        last = data;
        return id % 2 == 0 ? Receiver.onERC721Received.selector : bytes4(0);
    }
}
