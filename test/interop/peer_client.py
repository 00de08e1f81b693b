"""Speaks to a master as the Python executor of CLIC does: python3-thrift, stubs generated from idl/.

Usage: peer_client.py HOST PORT STUBS METHOD [ARG...]; prints the answer as JSON.
"""
import json
import sys

host, port, stubs, method, *args = sys.argv[1:]
sys.path.insert(0, stubs)

from thrift.protocol import TBinaryProtocol, TMultiplexedProtocol
from thrift.Thrift import TApplicationException
from thrift.transport import TSocket, TTransport

from fdu.daslab.thrift.master import SchedulerService, TaskService

service = SchedulerService if method.startswith("post") else TaskService
name = "SchedulerService" if service is SchedulerService else "TaskService"

socket = TSocket.TSocket(host, int(port))
socket.setTimeout(10000)
transport = TTransport.TBufferedTransport(socket)
protocol = TMultiplexedProtocol.TMultiplexedProtocol(TBinaryProtocol.TBinaryProtocol(transport), name)
client = service.Client(protocol)
transport.open()
try:
    if method in ("postStageStarted", "postStageCompleted"):
        args.append({})
    if method == "listAllTask":
        args.append(None)
    answer = getattr(client, method)(*args)
    if service is SchedulerService:
        answer = {"resultCode": answer.resultCode, "message": answer.message}
    print(json.dumps({"answer": answer}))
except TApplicationException as error:
    print(json.dumps({"exception": error.type, "message": error.message}))
finally:
    transport.close()
