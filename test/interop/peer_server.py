"""A master by python3-thrift and stubs generated from idl/, with fixed answers. Prints its port when it listens."""
import socket
import sys

stubs = sys.argv[1]
sys.path.insert(0, stubs)

from thrift.protocol import TBinaryProtocol
from thrift.server import TServer
from thrift.TMultiplexedProcessor import TMultiplexedProcessor
from thrift.transport import TSocket, TTransport

from fdu.daslab.thrift.master import TaskService

TASK = {
    "plan_name": "单词-wordcount-abcdefgh",
    "submit_time": "2026-11-23 06:24:07",
    "start_time": "   -",
    "complete_time": "   -",
    "task_status": "NEW",
    "task_runtime": "",
}


class Handler:
    def submitPlan(self, planName, planDagPath):
        if not planDagPath.startswith("/"):
            raise ValueError("the path is not absolute")

    def listAllTask(self, limit):
        return [TASK]

    def getTaskInfo(self, planName):
        if planName != TASK["plan_name"]:
            return {}
        return dict(TASK, task_stage_num="1", task_stage_list="s-1")

    def getStageInfo(self, stageId):
        return {}

    def getStageIdOfTask(self, planName):
        return ["s-1"]

    def suspendStage(self, stageId):
        return True

    def continueStage(self, stageId):
        return False

    def getStageResult(self, stageId):
        return None


class Announced(TSocket.TServerSocket):
    def listen(self):
        super().listen()
        print(self.handle.getsockname()[1], flush=True)


processor = TMultiplexedProcessor()
processor.registerProcessor("TaskService", TaskService.Processor(Handler()))
server = TServer.TThreadedServer(
    processor,
    Announced("127.0.0.1", 0, socket_family=socket.AF_INET),
    TTransport.TBufferedTransportFactory(),
    TBinaryProtocol.TBinaryProtocolFactory(),
    daemon=True,
)
server.serve()
